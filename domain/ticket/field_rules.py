"""Custom fields of a ticket, checked against the configuration of its type."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from deskledger.domain.configuration.faults import nearest
from deskledger.domain.configuration.ticket_type import FieldDefinition, Required, TicketType
from deskledger.domain.errors import CommandRefused

BUILT_IN = frozenset({"subject"})
"""Personal fields that every ticket has."""

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_fields(
    configured: TicketType, plain: Mapping[str, Any], personal: Mapping[str, Any]
) -> None:
    """Refuse a stated field that the type does not have, or whose value is none of its own.

    Raises:
        CommandRefused: ``field_unknown`` with the nearest valid name, or ``field_invalid`` with
            what the field takes; the value itself may be personal and is not told.
    """
    defined = configured.defined
    if defined is None:
        return
    for names, is_personal in ((plain, False), (personal, True)):
        for name, value in names.items():
            if is_personal and name in BUILT_IN:
                continue
            definition = defined.get(name)
            if definition is None:
                facts = {"field": name, "nearest": nearest(name, defined)}
                raise CommandRefused("field_unknown", facts)
            expected = _expected(definition, value, is_personal=is_personal)
            if expected is not None:
                raise CommandRefused("field_invalid", {"field": name, "expected": expected})


def check_required(configured: TicketType, moment: Required, there: Collection[str]) -> None:
    """Refuse where fields that the moment requires are not set.

    Args:
        configured: the configuration of the ticket's type.
        moment: opening or solving.
        there: names of the fields that are set, personal ones too.

    Raises:
        CommandRefused: ``field_missing``, with every name at once.
    """
    missing = [one.code for one in configured.required(moment) if one.code not in there]
    if missing:
        raise CommandRefused("field_missing", {"fields": missing, "moment": moment})


def _expected(definition: FieldDefinition, value: Any, *, is_personal: bool) -> str | None:
    """What a field takes that the value is not; None where it fits."""
    if definition.personal != is_personal:
        return "a personal field" if definition.personal else "a plain field"
    if value is None:
        return None
    form = _form(definition, value)
    return form if form is not None else _size(definition, value)


def _form(definition: FieldDefinition, value: Any) -> str | None:
    kind = definition.type
    match kind:
        case "integer":
            fits = value.__class__ is int
        case "boolean":
            fits = value.__class__ is bool
        case "choices" | "texts":
            fits = isinstance(value, tuple)
        case "decimal":
            fits = isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
        case "date":
            fits = isinstance(value, str) and _is_date(value)
        case "text" | "choice":
            fits = isinstance(value, str)
    if not fits:
        return kind
    chosen = {"choice": (value,), "choices": value}.get(kind, ())
    wrong = any(one not in definition.codes for one in chosen)
    return f"one of {', '.join(sorted(definition.codes))}" if wrong else None


def _is_date(value: str) -> bool:
    try:
        return _DATE.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _size(definition: FieldDefinition, value: Any) -> str | None:
    least, most = definition.at_least, definition.at_most
    size = value if value.__class__ is int else len(value) if value.__class__ is not bool else 0
    if least is not None and size < least:
        return f"at least {least}"
    return f"at most {most}" if most is not None and size > most else None
