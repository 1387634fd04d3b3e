"""What is wrong with a view beyond its shape, wherever in the document it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deskledger.domain.configuration.faults import Fault, Location, fault, nearest
from deskledger.domain.configuration.view_fields import (
    COLUMNS,
    CUSTOM,
    OPERATORS,
    ORDERING,
    VIEW_FIELDS,
    ViewField,
    view_field,
)
from deskledger.domain.configuration.view_times import is_instant

_SETTLED = frozenset({"solved", "closed"})
_CLASSES: dict[str, type] = {"text": str, "integer": int, "boolean": bool}


def condition_faults(conditions: Any, part: str, *, settled: bool) -> Iterator[Fault]:
    """What is wrong with the conditions that stand in one part of a view."""
    for index, condition in enumerate(conditions if isinstance(conditions, list) else []):
        if isinstance(condition, dict):
            place = (part, index)
            yield from _operator_faults(condition, place)
            name = condition.get("field")
            field = view_field(name) if isinstance(name, str) else None
            if isinstance(name, str) and field is None:
                yield _unknown_field((*place, "field"), name, VIEW_FIELDS)
            if field is not None:
                yield from _value_faults(field, condition, place)
            if name == "status" and not settled:
                yield from _settled_faults(condition, place)


def sort_faults(document: dict[str, Any]) -> Iterator[Fault]:
    """Fields that are none, or cannot order tickets, in ``sort`` and ``group_by``."""
    listed = document.get("sort")
    found: list[tuple[Location, Any]] = [
        (("sort", index, 0), entry[0])
        for index, entry in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(entry, list) and entry
    ]
    found.append((("group_by",), document.get("group_by")))
    for place, name in found:
        if isinstance(name, str):
            field = view_field(name)
            if field is None:
                yield _unknown_field(place, name, VIEW_FIELDS)
            elif place == ("group_by",) and field.holds == "instant":
                yield fault(place, "rule", message="hardly two tickets have the same instant")
            elif field.holds not in ORDERING:
                yield fault(place, "rule", message="a field with several values orders nothing")


def column_faults(document: dict[str, Any]) -> Iterator[Fault]:
    """Columns that there are not."""
    listed = document.get("columns")
    for index, name in enumerate(listed if isinstance(listed, list) else []):
        shown = isinstance(name, str) and name.startswith(CUSTOM) and view_field(name) is not None
        if isinstance(name, str) and name not in COLUMNS and not shown:
            yield _unknown_field(("columns", index), name, COLUMNS)


def _unknown_field(place: Location, name: str, valid: Any) -> Fault:
    names = [*valid, f"{CUSTOM}name"]
    return fault(place, "not_defined", value=name, where="fields", nearest=nearest(name, names))


def _operator_faults(condition: dict[str, Any], place: Location) -> Iterator[Fault]:
    """Exactly one operator; one that is misspelt is told as what it is, an unknown name."""
    stated = [name for name in OPERATORS if condition.get(name) is not None]
    misspelt = condition.keys() - {"field", *OPERATORS}
    if not stated and not misspelt:
        told = f"state one of {', '.join(OPERATORS)}"
        yield fault(place, "rule", message=told)
    if len(stated) > 1:
        told = f"state one operator, not {' and '.join(stated)}"
        yield fault(place, "rule", message=told)


def _value_faults(field: ViewField, condition: dict[str, Any], place: Location) -> Iterator[Fault]:
    for operator, holds in OPERATORS.items():
        stated = condition.get(operator)
        if stated is None:
            continue
        if field.holds not in holds:
            fitting = [name for name, some in OPERATORS.items() if field.holds in some]
            told = f"this field is asked with {', '.join(fitting)}"
            yield fault((*place, operator), "rule", message=told)
        elif operator in {"before", "after"}:
            if isinstance(stated, str) and not is_instant(stated):
                told = "write an instant, a duration such as -P1D or PT4H, @today or @tomorrow"
                yield fault((*place, operator), "rule", message=told)
        elif isinstance(stated, list):
            for index, value in enumerate(stated):
                yield from _one_fault(field, value, (*place, operator, index))


def _one_fault(field: ViewField, value: Any, place: Location) -> Iterator[Fault]:
    expected = _CLASSES.get(field.holds, value.__class__)
    if value.__class__ is not expected and value.__class__ in {str, int, bool}:
        yield fault(place, "rule", message=f"this field holds values of type {field.holds}")
    elif isinstance(value, str) and field.holds not in {"texts", "custom"}:
        yield from _mark_fault(field, value, place)


def _mark_fault(field: ViewField, value: str, place: Location) -> Iterator[Fault]:
    """A value that is none of a closed set, or would stand for something and does not."""
    choices = {*(field.choices or ()), *field.stands_for}
    if value not in choices and (field.choices is not None or value.startswith("@")):
        told = {"choices": ", ".join(sorted(choices)), "nearest": nearest(value, choices)}
        yield fault(place, "unknown_choice", value=value, **told)


def _settled_faults(condition: dict[str, Any], place: Location) -> Iterator[Fault]:
    """A solved or closed ticket is asked for where only unsettled ones are looked at."""
    stated = condition.get("is")
    for index, value in enumerate(stated if isinstance(stated, list) else []):
        if isinstance(value, str) and value in _SETTLED:
            told = "state settled: true to look at solved and closed tickets, too"
            yield fault((*place, "is", index), "rule", message=told)
