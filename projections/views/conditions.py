"""The conditions of a view as SQL."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from deskledger.domain.configuration.view import Condition, View
from deskledger.domain.configuration.view_fields import (
    CUSTOM,
    INTAKE,
    ME,
    MY_GROUPS,
    PARTICIPANTS,
    view_field,
)
from deskledger.domain.configuration.view_times import instant_of
from deskledger.projections.views.parts import Parameters, column, part, path_of, type_of
from deskledger.projections.views.reader import Reader

_AND, _OR = "\n  AND ", "\n  OR "


def condition_of(view: View, reader: Reader, parameters: Parameters) -> str:
    """What a ticket must meet to be seen in a view by a reader; its parameters are added."""
    parameters["reader"] = reader.agent
    parts = [reader.row_condition()]
    if not view.settled:
        parts.append(part("unsettled"))
    parts += [_condition(one, reader, parameters) for one in view.all]
    if view.any:
        parts.append(_either(_condition(one, reader, parameters) for one in view.any))
    return _AND.join(parts)


def _either(parts: Iterable[str]) -> str:
    return f"({_OR.join(parts)})"


def _condition(condition: Condition, reader: Reader, parameters: Parameters) -> str:
    field = condition.field
    is_custom = field.startswith(CUSTOM)
    if condition.one_of is not None:
        return _one_of(field, condition.one_of, reader, parameters)
    if condition.is_not is not None:
        return f"NOT {_one_of(field, condition.is_not, reader, parameters)}"
    if condition.has is not None:
        return _has(field, condition.has, reader, parameters)
    if condition.has_not is not None:
        return f"NOT ({_has(field, condition.has_not, reader, parameters)})"
    for operator, stated in (("before", condition.before), ("after", condition.after)):
        if stated is not None:
            at = instant_of(stated, reader.now, reader.place)
            assert at is not None, "the instant was checked"
            compared = _date_compared if is_custom else _compared
            return compared(operator, field, at, reader, parameters)
    return _empty(field, parameters, empty=bool(condition.empty))


def _one_of(field: str, values: Iterable[Any], reader: Reader, parameters: Parameters) -> str:
    """Whether the value is one of some, of which some are told by who looks."""
    known = view_field(field)
    assert known is not None, "the field was checked"
    plain = [value for value in values if value not in known.stands_for]
    marks = {value for value in values if value in known.stands_for}
    if ME in marks and reader.agent is not None:
        plain.append(reader.agent)
    parts = []
    if MY_GROUPS in marks:
        parts.append(part("is_mine"))
    if INTAKE in marks:
        parts.append(part("is_intake"))
    if plain or not parts:
        parts.append(_listed(field, plain, parameters))
    return _either(parts)


def _listed(field: str, values: list[Any], parameters: Parameters) -> str:
    if field.startswith(CUSTOM):
        value, path = parameters.add([_typed(one) for one in values]), _path(field, parameters)
        return part("is_custom", value=value, path=path)
    value = parameters.add(values)
    return part("is", field=column(field), value=value, type=type_of(field))


def _typed(value: Any) -> str:
    """A value of a custom field with its type: 5, "5" and true are three."""
    match value:
        case bool():
            return f"b{str(value).lower()}"
        case int():
            return f"i{value}"
        case _:
            return f"s{value}"


def _has(field: str, values: Iterable[str], reader: Reader, parameters: Parameters) -> str:
    words = list(values)
    if field == PARTICIPANTS:
        people = [reader.agent if word == ME else word for word in words]
        return part("has_participant", value=parameters.add(people))
    if len(words) == 1 and not field.startswith(CUSTOM):
        # Twice as fast, and what most views ask.
        return part("has_one", field=column(field), value=parameters.add(words[0]))
    value = parameters.add(words)
    if field.startswith(CUSTOM):
        return part("has_custom", value=value, path=_path(field, parameters))
    return part("has", field=column(field), value=value)


def _compared(
    operator: str, field: str, at: datetime, _reader: Reader, parameters: Parameters
) -> str:
    return part(operator, field=column(field), value=parameters.add(at))


def _date_compared(
    operator: str, field: str, at: datetime, reader: Reader, parameters: Parameters
) -> str:
    """A custom field that holds a date lies on a day of the reader's zone."""
    date = part("date_custom", path=_path(field, parameters))
    local = at.astimezone(reader.place).date().isoformat()
    return part(f"{operator}_custom", date=date, value=parameters.add(local))


def _empty(field: str, parameters: Parameters, *, empty: bool) -> str:
    known = view_field(field)
    assert known is not None, "the field was checked"
    if known.holds == "people":
        told = part("empty_participants")
    elif known.holds == "custom":
        told = part("empty_custom", path=_path(field, parameters))
    else:
        told = part("empty_list" if known.holds == "texts" else "empty", field=column(field))
    return f"({told})" if empty else f"NOT ({told})"


def _path(field: str, parameters: Parameters) -> str:
    return parameters.add(path_of(field))
