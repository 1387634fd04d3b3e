"""Values as people write them on a command line, turned into those that commands take."""

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskledger.app.cli.paths import read_bytes
from deskledger.domain.commands import Command
from deskledger.domain.errors import InvalidInput

STDIN = "-"


class Cleared:
    """Stands for a stated null, which takes the present value away; None is not stated."""


CLEARED = Cleared()


def made(kind: type[Command], /, **stated: Any) -> Command:
    """A command of a kind with exactly the fields that were stated.

    Raises:
        ValidationError: a field is not valid.
    """
    return kind(**fields_of(stated))


def fields_of(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were stated, with null for those to be cleared."""
    return {
        name: None if value is CLEARED else value
        for name, value in stated.items()
        if value is not None
    }


def clearing(text: str | None) -> str | Cleared | None:
    """The value of an option whose empty text takes the present value away."""
    return CLEARED if text == "" else text


def listed(values: Iterable[Any] | None) -> tuple[Any, ...] | None:
    """The values of an option that may be repeated; None where it was not stated."""
    return tuple(values or ()) or None


def instant(text: str, zone: ZoneInfo) -> datetime:
    """The UTC instant of a date, or a date and time, in ISO 8601; in `zone` if it states none.

    Raises:
        InvalidInput: it is neither.
    """
    try:
        read = datetime.fromisoformat(text)
        # Near the first and the last year that there are, a zone can lead out of them.
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        told = f"{text!r} is no time; write 2026-11-22, 2026-11-22T10:30 or 2026-11-22T10:30+08:00."
        raise InvalidInput(told, value=text) from None


def words(text: str) -> str:
    """The text itself, or what stands on stdin where it is a dash.

    Raises:
        InvalidInput: what stands there is not UTF-8.
    """
    if text != STDIN:
        return text
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The text on stdin is not UTF-8: {error}.") from error


def json_list(file: str, desk: Path) -> list[Any]:
    """The JSON array in a file that is none of the desk's, or on stdin where the name is a dash.

    Raises:
        InvalidInput: it is not readable, or holds something else; the message says where.
    """
    text = words(STDIN) if file == STDIN else read_bytes(Path(file), desk)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file}: this is no JSON: {error}.", file=file) from error
    if not isinstance(value, list):
        raise InvalidInput(f"{file}: this is no JSON array.", file=file)
    return value


def fields(stated: Iterable[str] | None, *, clear: bool = False) -> dict[str, Any] | None:
    """Custom fields from `name=text` and `name:=json`, for numbers, booleans and lists.

    Args:
        stated: one text per field; None where there is none.
        clear: let `name=` take the field away, as null.

    Raises:
        InvalidInput: one has another form; its value is not repeated, it may be personal.
    """
    return dict(_field(one, clear=clear) for one in stated) if stated else None


def _field(stated: str, *, clear: bool) -> tuple[str, Any]:
    name, mark, value = stated.partition("=")
    if not mark or not name:
        raise InvalidInput("A field is written name=text, or name:=json for other than text.")
    if not name.endswith(":"):
        return name, None if clear and not value else value
    try:
        return name[:-1], json.loads(value)
    except ValueError as error:
        raise InvalidInput(f"The value of {name[:-1]} is no JSON: {error}.", field=name) from error


def references(stated: Iterable[str] | None) -> tuple[dict[str, str], ...] | None:
    """Things in other systems from `system/kind/id`; None where there is none.

    Raises:
        InvalidInput: one has another form.
    """
    return tuple(_reference(one) for one in stated) if stated else None


def _reference(stated: str) -> dict[str, str]:
    parts = stated.split("/", 2)
    if len(parts) != len(_REFERENCE):
        raise InvalidInput(f"{stated!r} is no reference; write system/kind/id.", value=stated)
    return dict(zip(_REFERENCE, parts, strict=True))


_REFERENCE = ("system", "kind", "id")


def count(stated: str) -> int:
    """A number of things.

    Raises:
        InvalidInput: it is none.
    """
    if not (stated.isascii() and stated.isdigit()):
        raise InvalidInput(f"{stated!r} is not a number of things; write digits.", value=stated)
    return int(stated)


def pair(stated: str, mark: str, form: str) -> tuple[str, str]:
    """The two parts of a text around `mark`; `form` says how such a text is written.

    Raises:
        InvalidInput: the mark is missing.
    """
    left, found, right = stated.partition(mark)
    if not found:
        raise InvalidInput(f"{stated!r} is not of the form {form}.", value=stated)
    return left, right
