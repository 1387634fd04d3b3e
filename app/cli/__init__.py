"""The command line: `deskledger` parses, calls the parts of the desk, and shows what they say."""

import sys

from deskledger.app.cli.program import app


def main() -> None:
    """Runs the command line of this process; ends it with the exit code of docs/command-line.md."""
    for stream in (sys.stdout, sys.stderr):
        # What goes into a file or a pipe is UTF-8 whatever the machine is set to.
        if not stream.isatty() and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app(prog_name="deskledger")
