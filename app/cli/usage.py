"""What is said when the command line itself cannot be understood."""

import json
import sys
from typing import Any

from typer.exceptions import TyperException


def report_usage(error: TyperException, *, as_json: bool) -> None:
    """Writes to stderr what is wrong with the arguments and where to read on."""
    context: Any = getattr(error, "ctx", None)
    told = error.format_message().strip()
    if as_json:
        answer = {"error": "InvalidInput", "message": told, "facts": {}}
        sys.stderr.write(json.dumps(answer, ensure_ascii=False) + "\n")
    elif context is None:
        sys.stderr.write(f"Error: {told}\n")
    else:
        sys.stderr.write(f"Error: {told}\nTry '{context.command_path} --help'.\n")
