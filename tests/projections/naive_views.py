"""Views evaluated once more, ticket by ticket in Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from deskledger.domain.configuration.view import Condition, View
from deskledger.projections.views.pages import TicketEntry
from deskledger.projections.views.reader import Reader
from tests.projections.made_tables import GROUPS, NOW, RESTRICTED, participants


def seen(view: View, reader: Reader, tickets: Iterable[TicketEntry]) -> list[TicketEntry]:
    """The tickets of a view in its order, as its document says."""
    found = [one for one in tickets if _visible(reader, one) and _asked_for(view, reader, one)]
    order = [(field, direction == "desc") for field, direction in view.sort]
    if view.group_by is not None:
        order.insert(0, (view.group_by, False))
    # Sorting by the last key first and keeping the order of equals orders by all of them.
    found.sort(key=lambda one: one.number)
    for field, descending in reversed(order):
        for key in reversed(_keys(field)):
            there = [one for one in found if key(one) is not None]
            there.sort(key=key, reverse=descending)
            if descending:
                # Equals are kept in their order, which reversing would not.
                there = _stable_descending([one for one in found if key(one) is not None], key)
            found = there + [one for one in found if key(one) is None]
    return found


def _stable_descending(
    found: list[TicketEntry], key: Callable[[TicketEntry], Any]
) -> list[TicketEntry]:
    values = sorted({key(one) for one in found}, reverse=True)
    return [one for value in values for one in found if key(one) == value]


def _keys(field: str) -> list[Callable[[TicketEntry], Any]]:
    if not field.startswith("fields."):
        return [lambda one: getattr(one, field)]
    return [
        lambda one: value if _is_number(value := _value(one, field)) else None,
        lambda one: None if _is_number(value := _value(one, field)) else _text(value),
    ]


def _is_number(value: Any) -> bool:
    return value.__class__ is int


def _text(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case _:
            return orjson.dumps(value).decode()


def _value(one: TicketEntry, field: str) -> Any:
    if field == "participants":
        return participants(one.number)
    name = field.removeprefix("fields.")
    return (one.fields or {}).get(name) if name != field else getattr(one, field)


def _visible(reader: Reader, one: TicketEntry) -> bool:
    mine = reader.agent is not None and one.agent == reader.agent
    member = one.group is not None and reader.agent in GROUPS[one.group]
    match reader.scope:
        case "own":
            return mine
        case "group":
            return mine or member or (one.group is None and one.agent is None)
        case "all":
            return mine or member or one.group not in RESTRICTED


def _asked_for(view: View, reader: Reader, one: TicketEntry) -> bool:
    if not view.settled and one.status in {"solved", "closed"}:
        return False
    if not all(_holds(condition, reader, one) for condition in view.all):
        return False
    return not view.any or any(_holds(condition, reader, one) for condition in view.any)


def _holds(condition: Condition, reader: Reader, one: TicketEntry) -> bool:
    field, value = condition.field, _value(one, condition.field)
    asked: dict[str, Callable[[], bool]] = {
        "one_of": lambda: _one_of(field, condition.one_of or (), reader, one),
        "is_not": lambda: not _one_of(field, condition.is_not or (), reader, one),
        "has": lambda: _has(value, condition.has or (), reader),
        "has_not": lambda: not _has(value, condition.has_not or (), reader),
        "before": lambda: _lies(field, value, condition.before or "", reader, before=True),
        "after": lambda: _lies(field, value, condition.after or "", reader, before=False),
        "empty": lambda: _empty(field, value) == condition.empty,
    }
    (stated,) = (name for name in asked if getattr(condition, name) is not None)
    return asked[stated]()


def _has(value: Any, words: Iterable[str], reader: Reader) -> bool:
    meant = {reader.agent if word == "@me" else word for word in words}
    return isinstance(value, list) and not meant.isdisjoint(value)


def _empty(field: str, value: Any) -> bool:
    return value == [] if field in {"tags", "category", "participants"} else value is None


def _one_of(field: str, values: Iterable[Any], reader: Reader, one: TicketEntry) -> bool:
    value = _value(one, field)
    for stated in values:
        if stated == "@me" and field in {"agent", "solver"}:
            if reader.agent is not None and value == reader.agent:
                return True
        elif stated == "@my_groups" and field == "group":
            if value is not None and reader.agent in GROUPS[value]:
                return True
        elif stated == "@intake" and field in {"group", "queue"}:
            if one.group is None and one.agent is None:
                return True
        elif value == stated and type(value) is type(stated):
            return True
    return False


def _lies(field: str, value: Any, stated: str, reader: Reader, *, before: bool) -> bool:
    at = said(stated, reader)
    if field.startswith("fields."):
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return False
        there, here = date.fromisoformat(value), at.astimezone(ZoneInfo(reader.zone)).date()
        return there < here if before else there >= here
    if value is None:
        return False
    return bool(value < at if before else value >= at)


def said(stated: str, reader: Reader) -> datetime:
    """What the few texts that are used here mean, said once more."""
    zone = ZoneInfo(reader.zone)
    local = reader.now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "@today": midnight,
        "@tomorrow": midnight + timedelta(days=1),
        "-P1D": local - timedelta(days=1),
        "P2D": local + timedelta(days=2),
        "PT4H": reader.now + timedelta(hours=4),
        "-PT90M": reader.now - timedelta(minutes=90),
        "2026-03-02T12:30:00Z": NOW,
    }[stated]
