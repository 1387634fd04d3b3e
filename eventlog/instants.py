"""Instants as they are stored: text of one exact form, and microseconds for arithmetic."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from deskledger.domain.errors import InvalidInput

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_FRACTION = re.compile(r"[0-9]{6}Z")
_SECOND_LENGTH = len("YYYY-MM-DDTHH:MM:SS.")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def format_instant(instant: datetime) -> str:
    """The stored form `YYYY-MM-DDTHH:MM:SS.ffffffZ` of an aware instant, in UTC.

    Raises:
        InvalidInput: the instant has no zone.
    """
    if instant.tzinfo is not UTC:
        if instant.utcoffset() is None:
            raise InvalidInput("An instant needs a time zone.", instant=instant)
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def parse_instant(text: str) -> datetime:
    """The aware UTC instant of a stored text.

    Raises:
        InvalidInput: the text has another form, or names a date or time that does not exist.
    """
    if _FORM.fullmatch(text) is not None:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidInput("An instant is written YYYY-MM-DDTHH:MM:SS.ffffffZ.", instant=text)


def stored_microseconds(text: str) -> int:
    """Microseconds since 1970 of a stored text; seconds that were read a moment ago are remembered.

    Raises:
        InvalidInput: as `parse_instant`.
    """
    if _FRACTION.fullmatch(text, _SECOND_LENGTH) is None:
        return microseconds(parse_instant(text))
    return _second(text[:_SECOND_LENGTH]) + int(text[_SECOND_LENGTH:-1])


@lru_cache(maxsize=256)
def _second(begin: str) -> int:
    """Microseconds since 1970 of a stored text without its fraction of a second."""
    return microseconds(parse_instant(f"{begin}000000Z"))


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z."""
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The aware UTC instant that lies `count` microseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + timedelta(microseconds=count)


def log_time(timestamp: int | None) -> int | None:
    """Microseconds since 1970 of a log's own time of a record, which it has in milliseconds.

    None where the log has none: it says so with a negative number.
    """
    return None if timestamp is None or timestamp < 0 else timestamp * 1000
