"""Errors as people and scripts meet them: one clear message and the documented exit code."""

import os
import re
import sys

import orjson
from pydantic import ValidationError

from deskledger.app.cli.texts import catalogue, say
from deskledger.domain.errors import CommandRefused, DeskError, InvalidInput, invalid_input
from deskledger.domain.refusals import sentence
from deskledger.eventlog.errors import Unavailable

REFUSED, BAD_INPUT, UNAVAILABLE, DAMAGED = 1, 2, 3, 4

# What somebody put in the wrong place may be a whole file; its beginning tells it well enough.
_LONG_WORD, _SHOWN = re.compile(r"\S{500,}"), 80

# By name, because loading the parts that raise some of them takes longer than most commands do.
_CODES = {
    "CommandRefused": REFUSED,
    "InvalidInput": BAD_INPUT,
    "Unavailable": UNAVAILABLE,
    "OutcomeUnknown": UNAVAILABLE,
    "Conflict": UNAVAILABLE,
    "Outdated": UNAVAILABLE,
    "QuestionStopped": UNAVAILABLE,
}
_RETRIED = frozenset({"Unavailable", "OutcomeUnknown", "Conflict"})


def as_desk_error(error: Exception) -> DeskError | None:
    """The desk's own error that an exception stands for; None for a fault of the program."""
    meant: DeskError | None = None
    if isinstance(error, DeskError):
        meant = error
    elif isinstance(error, ValidationError):
        meant = invalid_input(error)
    elif isinstance(error, UnicodeError):
        meant = InvalidInput("A name or a text is no valid Unicode; nothing was done.")
    elif isinstance(error, OSError):
        meant = _of_file(error)
    elif type(error).__module__.lstrip("_").startswith("duckdb"):
        meant = DeskError(f"The tables cannot be read: {error}; run `deskledger rebuild`.")
    return meant


def _of_file(error: OSError) -> DeskError:
    """A file that is not as the caller said is bad input; anything else may pass."""
    place = f"{error.filename}: " if error.filename else ""
    told = f"{place}{error.strerror or error}."
    stated = (FileNotFoundError, IsADirectoryError, NotADirectoryError, FileExistsError)
    meaning = InvalidInput if isinstance(error, stated) else Unavailable
    return meaning(told, file=str(error.filename or ""))


def exit_code(error: DeskError) -> int:
    """The documented exit code of an error; any other is damage, or a file that is not ours."""
    return next((_CODES[name] for name in _kinds(error) if name in _CODES), DAMAGED)


def _kinds(error: DeskError) -> list[str]:
    """The names of an error's class and of those above it."""
    return [kind.__name__ for kind in type(error).__mro__]


def report(error: DeskError, *, language: str, as_json: bool, key: str | None = None) -> int:
    """Writes an error to stderr and gives its exit code.

    Args:
        error: what happened.
        language: of the message.
        as_json: write a JSON object of one line.
        key: the idempotency key of a changing command, told where repeating it is the way out.
    """
    told = message(error, language)
    retried = key if not _RETRIED.isdisjoint(_kinds(error)) else None
    told = _LONG_WORD.sub(lambda word: f"{word[0][:_SHOWN]}…", told)
    if as_json:
        answer = {
            "error": type(error).__name__,
            "message": told,
            "facts": error.facts,
            **({"key": retried} if retried else {}),
        }
        _write(orjson.dumps(answer, default=str).decode())
    else:
        _write(say(language, "error", message=told))
        if retried:
            _write(say(language, "retry", key=retried))
    return exit_code(error)


def message(error: DeskError, language: str) -> str:
    """What an error says in a language, down to the place that the error names."""
    if isinstance(error, CommandRefused):
        return sentence(error.code, error.facts, language)
    # Loaded only where something is wrong.
    from deskledger.app.cli.bad_input import in_words, problems_in_words  # noqa: PLC0415

    told = str(error)
    problems = error.facts.get("problems") if isinstance(error, InvalidInput) else None
    known = problems_in_words(problems, language) if problems else in_words(told, language)
    if known is not None or language == "en":
        return told if known is None else known
    kinds = (f"error.{name}" for name in _kinds(error))
    return say(language, next(name for name in kinds if name in catalogue()), message=told)


def _write(line: str) -> None:
    sys.stderr.write(line + os.linesep)
