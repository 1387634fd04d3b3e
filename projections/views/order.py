"""The order of a view as SQL, and the places in it from which a later page goes on.

What there is none of comes last in either direction. The number is always appended, so the order is
total: no two tickets share a place, and pages neither overlap nor leave out what stays where it is.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic import AwareDatetime, TypeAdapter

from deskledger.domain.configuration.view import View
from deskledger.domain.configuration.view_fields import CUSTOM
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import instant_text
from deskledger.eventlog.base64url import from_base64url, to_base64url
from deskledger.projections.views.parts import Parameters, column, part, path_of, type_of

_VALUES: dict[str, TypeAdapter[Any]] = {
    "VARCHAR": TypeAdapter(str | None),
    "BIGINT": TypeAdapter(int | None),
    "BOOLEAN": TypeAdapter(bool | None),
    "TIMESTAMPTZ": TypeAdapter(AwareDatetime | None),
}
_NOW = TypeAdapter(AwareDatetime)


class Key(NamedTuple):
    """One value by which tickets are ordered.

    Attributes:
        expression: over `ticket_entry`; its parameters are in the statement already.
        type: of its values in SQL.
    """

    expression: str
    type: str
    descending: bool = False

    @property
    def ordered(self) -> str:
        """The key as it stands in ORDER BY."""
        return f"{self.expression} {'DESC' if self.descending else 'ASC'} NULLS LAST"


class Place(NamedTuple):
    """Where a page ended.

    Attributes:
        now: when the first page was asked for; durations count from it on every page.
        values: of the last ticket's keys.
    """

    now: datetime
    values: Sequence[Any]


def keys_of(view: View, parameters: Parameters) -> list[Key]:
    """What orders the tickets of a view, groups first and the number last."""
    grouped = () if view.group_by is None else ((view.group_by, "asc"),)
    keys: list[Key] = []
    for field, direction in (*grouped, *view.sort):
        keys += keys_of_field(field, parameters, descending=direction == "desc")
    return [*keys, Key("number", "BIGINT")]


def keys_of_field(field: str, parameters: Parameters, *, descending: bool = False) -> list[Key]:
    """What orders tickets by a field: numbers before texts, where a field may hold both."""
    if not field.startswith(CUSTOM):
        return [Key(column(field), type_of(field), descending)]
    path = parameters.add(path_of(field))
    return [
        Key(part("key_custom_number", path=path), "BIGINT", descending),
        Key(part("key_custom_text", path=path), "VARCHAR", descending),
    ]


def behind(keys: Sequence[Key], place: Place, parameters: Parameters) -> str:
    """The condition of tickets that stand behind a place."""
    names = [parameters.add(value) for value in place.values]
    ways: list[str] = []
    before: list[str] = []
    for key, name, value in zip(keys, names, place.values, strict=True):
        if value is not None:
            beyond = "<" if key.descending else ">"
            passed = " AND ".join([*before, "true"])
            told = {"key": key.expression, "value": name, "type": key.type}
            ways.append(part("behind", before=passed, beyond=beyond, **told))
        before.append(part("at", key=key.expression, value=name, type=key.type))
    return "(" + "\n  OR ".join(ways) + ")"


def told_place(view: View, place: Place) -> str:
    """A place as a text, for whoever asks for the next page."""
    values = [
        instant_text(value) if isinstance(value, datetime) else value for value in place.values
    ]
    told: bytes = orjson.dumps([_mark(view), instant_text(place.now), values])
    return to_base64url(told)


def read_place(view: View, keys: Sequence[Key], told: str) -> Place:
    """The place that a text tells.

    Raises:
        InvalidInput: it is none of this view, or none at all.
    """
    message = "This is no place in this view as it is now; begin again with its first page."
    try:
        mark, now, values = orjson.loads(from_base64url(told))
        place = Place(_NOW.validate_python(now), _values(keys, values))
    except (ValueError, TypeError):
        raise InvalidInput(message, after=told) from None
    if mark != _mark(view) or place.values[-1] is None:
        raise InvalidInput(message, after=told)
    return place


def _values(keys: Sequence[Key], told: Sequence[Any]) -> list[Any]:
    pairs = zip(keys, told, strict=True)
    return [_VALUES[key.type].validate_python(value, strict=False) for key, value in pairs]


def _mark(view: View) -> str:
    """What a place belongs to: another order, or other conditions, make it a place of nothing."""
    asked = orjson.dumps(view.written(), option=orjson.OPT_SORT_KEYS)
    return str(hashlib.sha256(asked).hexdigest()[:12])
