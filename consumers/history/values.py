"""From a source's texts to values: each distinct text is read once.

Every reader is a function of one text. It raises ``RowQuarantined`` for a text that it cannot
read, which sets the row aside.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from typing import TypeVar
from zoneinfo import ZoneInfo

from deskledger.consumers.history.mapping_values import Value
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.time_patterns import time_reader
from deskledger.domain.shapes import FieldValue, instant_text

T = TypeVar("T")

Reader = Callable[[str], T]

SLUG_LENGTH_MAX = 64
_HASH_DIGITS = 8
_OTHER_CHARACTERS = re.compile(r"[^a-z0-9_]+")
_TRUE = frozenset({"true", "yes", "t", "y", "1"})
_FALSE = frozenset({"false", "no", "f", "n", "0"})
ISO = "iso"


def value_reader(rule: Value[T], missing: frozenset[str], keep: Reader[T]) -> Reader[T | None]:
    """A reader of a mapped value.

    Args:
        rule: where the value comes from.
        missing: texts that stand for none.
        keep: reads a text that the mapping does not list.
    """
    if rule.constant is not None:
        return lambda _text: rule.constant
    listed = bool(rule.values) and rule.others == "quarantine"

    def read(text: str) -> T | None:
        text = text.strip()
        if text in missing:
            return rule.default
        if text in rule.values:
            return rule.values[text]
        if listed:
            told = unlisted(text, rule.values)
            raise RowQuarantined("value_unknown", f"{rule.column} is {told}")
        return keep(text)

    return read


def unlisted(text: str, listed: Iterable[str]) -> str:
    """Say of a text that the mapping does not list it, with the nearest that it does."""
    near = get_close_matches(text, listed, n=1)
    return f"{text!r}, which the mapping does not list" + (
        f"; nearest: {near[0]!r}" if near else ""
    )


def slug(text: str) -> str:
    """Make a text a name: lower case, a ``-`` for each run of other characters.

    Texts that would lose letters this way (other scripts, accents), or are too long, get the first
    8 hex digits of their SHA-256 behind, so that two of them never become one name.
    """
    made = _OTHER_CHARACTERS.sub("-", text.lower()).strip("-_")
    if made and text.isascii() and len(made) <= SLUG_LENGTH_MAX:
        return made
    digits = hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]
    room = SLUG_LENGTH_MAX - _HASH_DIGITS - 1
    return f"{made[:room].strip('-')}-{digits}".lstrip("-")


def integer(text: str) -> FieldValue:
    """Read a whole number."""
    try:
        return int(text)
    except ValueError:
        raise RowQuarantined("value_invalid", f"{text!r} is no whole number") from None


def boolean(text: str) -> FieldValue:
    """Read true or false, yes or no, t or f, y or n, 1 or 0."""
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise RowQuarantined("value_invalid", f"{text!r} is neither true nor false")


def items(separator: str) -> Reader[FieldValue]:
    """A reader of lists; empty items are left out."""
    return lambda text: tuple(item.strip() for item in text.split(separator) if item.strip())


class Times:
    """Reads times as the mapping says that they are written.

    In the hour that a zone repeats when summer ends the first of both is meant; a time in the
    hour that it leaves out does not exist.
    """

    def __init__(self, patterns: Iterable[str], zone: str) -> None:
        self._patterns = tuple(patterns)
        self._readers = [
            datetime.fromisoformat if pattern == ISO else time_reader(pattern)
            for pattern in self._patterns
        ]
        self._zone: tzinfo = UTC if zone == "UTC" else ZoneInfo(zone)

    def instant(self, text: str) -> datetime:
        """Read a time as aware UTC."""
        written = self._written(text)
        if self._zone is UTC and written.tzinfo is None:
            return written.replace(tzinfo=UTC)
        try:
            if written.tzinfo is not None:
                return written.astimezone(UTC)
            local = written.replace(tzinfo=self._zone)
            at = local.astimezone(UTC)
            exists = at.astimezone(self._zone).replace(tzinfo=None) == written
        except OverflowError:
            raise RowQuarantined("bad_time", f"{text!r} lies outside the years 1 to 9999") from None
        if not exists:
            raise RowQuarantined("bad_time", f"{text!r} does not exist in {self._zone}")
        return at

    def instant_field(self, text: str) -> FieldValue:
        """Read a time as a field's value, written as every stored time."""
        return instant_text(self.instant(text))

    def date_field(self, text: str) -> FieldValue:
        """Read a date, or a time of which the date counts, as a field's value: YYYY-MM-DD."""
        return self._written(text).date().isoformat()

    def _written(self, text: str) -> datetime:
        for read in self._readers:
            try:
                return read(text)
            except ValueError:
                continue
        told = " or ".join(self._patterns)
        raise RowQuarantined("bad_time", f"{text!r} is no time written as {told}")
