"""What is said when the command line itself cannot be understood."""

import json
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from typer.exceptions import TyperException

from deskledger.app.cli.options import Language
from deskledger.app.cli.texts import say

_OPTION = "--language"
_LISTS = ("choices", "names")
# Typer speaks English only, and says what is wrong in its words alone; the first form fits.
_FORMS = {
    "usage.missing_choice": r"Missing option (?P<name>.+?)\. Choose from: (?P<choices>.+)",
    "usage.missing_option": r"Missing option (?P<name>.+)\.",
    "usage.missing_argument": r"Missing argument (?P<name>.+)\.",
    "usage.missing_command": r"Missing command\.",
    "usage.command_like": r"No such command (?P<name>.+)\. Did you mean (?P<names>.+)\?",
    "usage.no_command": r"No such command (?P<name>.+)\.",
    "usage.option_like": r"No such option: (?P<name>\S+) \(Possible options: (?P<names>.+)\)",
    "usage.no_option": r"No such option: (?P<name>.+)",
    "usage.value_missing": r"Option (?P<name>.+) requires an argument\.",
    "usage.value_unasked": r"Option (?P<name>.+) does not take a value\.",
    "usage.too_many": r"Got unexpected extra argument\(s\) \((?P<arguments>.+)\)",
    "usage.choice": (
        r"Invalid value for (?P<name>.+?): Value error, "
        r"(?P<value>.+) is not one of (?P<choices>.+)\."
    ),
    "usage.integer": r"Invalid value for (?P<name>.+?): Input should be a valid integer.*",
    "usage.at_least": (
        r"Invalid value for (?P<name>.+?): Input should be greater than or equal to (?P<limit>.+)"
    ),
    "usage.at_most": (
        r"Invalid value for (?P<name>.+?): Input should be less than or equal to (?P<limit>.+)"
    ),
    "usage.no_text": r"Argument (?P<place>\d+) is no valid UTF-8\.",
    "usage.other": r"(?P<message>.*)",
}


def report_usage(error: TyperException, arguments: Sequence[str]) -> None:
    """Writes to stderr what is wrong with the arguments and where to read on.

    In the language, and as the JSON object, that the arguments ask for in spite of it.
    """
    language, context = _language(arguments), getattr(error, "ctx", None)
    told = usage_message(error.format_message(), language)
    if "--json" in arguments:
        answer: dict[str, Any] = {"error": "InvalidInput", "message": told, "facts": {}}
        sys.stderr.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(say(language, "error", message=told) + "\n")
    if context is not None:
        sys.stderr.write(say(language, "usage.try", command=context.command_path) + "\n")


def usage_message(told: str, language: str) -> str:
    """What Typer says of wrong arguments, in a language; what is new to us stays in its words."""
    line = " ".join(told.split())
    found = ((text, re.fullmatch(form, line)) for text, form in _FORMS.items())
    text, match = next((text, match) for text, match in found if match)
    comma = say(language, "list.part")
    facts = {name: _told(name, fact, comma) for name, fact in match.groupdict().items()}
    return say(language, text, **facts)


def _told(name: str, fact: str, comma: str) -> str:
    """A fact as it is told; lists have the language's own comma."""
    return fact.replace(", ", comma) if name in _LISTS else fact


def _language(arguments: Sequence[str]) -> str:
    """The last one that is stated, else that of the settings; English where neither is one."""
    split = [part for one in arguments for part in one.split("=", 1)]
    stated = [value for option, value in pairwise(split) if option == _OPTION]
    known = [value for value in stated if value in set(Language)]
    return known[-1] if known else _set_language()


def _set_language() -> str:
    # Loading the settings takes longer than all the rest here.
    from deskledger.app.settings import read_settings  # noqa: PLC0415
    from deskledger.domain.errors import InvalidInput  # noqa: PLC0415

    try:
        return read_settings().language
    except InvalidInput:
        return str(Language.EN)
