"""The desk's own calendar: named by the desk's document, published with its service levels."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from deskledger.domain.configuration.codes import DESK_STREAM, desk_in_force
from deskledger.domain.configuration.desk_document import DeskDocument
from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.documents import invalid_document
from deskledger.domain.configuration.faults import fault, nearest
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.configuration.state import ConfigurationState, Version
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.sla.calendar_document import ALWAYS

_OTHER = {DESK_STREAM: POLICY_STREAM, POLICY_STREAM: DESK_STREAM}


def calendar_needs(document: Document) -> frozenset[str]:
    """The stream against which `check_calendar` checks a document."""
    match document:
        case DeskDocument(calendar=str(name)) if name != ALWAYS:
            return frozenset({POLICY_STREAM})
        case ServicePolicy():
            return frozenset({DESK_STREAM})
        case _:
            return frozenset()


def check_calendar(document: Document, context: Context) -> None:
    """Refuse a desk whose calendar there is not, and service levels that leave the desk's out.

    Two people who publish both at once can still make them differ: the days then count by the
    calendar that was in force before, or came after.

    Raises:
        InvalidInput: with the path, and the nearest calendar that there is.
    """
    if isinstance(document, DeskDocument) and document.calendar is not None:
        _check(document.calendar, _calendars(context), "calendar")
    if isinstance(document, ServicePolicy):
        desk = desk_in_force(context)
        if desk is not None and desk.calendar is not None:
            _check(desk.calendar, document.calendars, "calendars")


def withdrawal_needs(stream: str) -> frozenset[str]:
    """The stream against which `check_withdrawal` checks what is left of a desk or its levels."""
    return frozenset({_OTHER[stream]} if stream in _OTHER else ())


def check_withdrawal(state: ConfigurationState, version: Version, context: Context) -> None:
    """Refuse to take out of force the calendar that the desk names, or would name.

    Raises:
        CommandRefused: ``calendar_missing``, with the calendar.
    """
    if state.latest is not version or context.stream not in _OTHER:
        return
    left = state.without(version)
    if context.stream == DESK_STREAM:
        desk, calendars = left, _calendars(context)
    else:
        desk = desk_in_force(context)
        calendars = left.calendars if isinstance(left, ServicePolicy) else ()
    name = desk.calendar if isinstance(desk, DeskDocument) else None
    if name is not None and name not in {*calendars, ALWAYS}:
        raise CommandRefused("calendar_missing", {"calendar": name, "version": version.number})


def _calendars(context: Context) -> Collection[str]:
    """The names of the calendars in force."""
    state: Any = context.states.get(POLICY_STREAM)
    latest = None if state is None else state.latest
    names: Collection[str] = () if latest is None else latest.document.calendars
    return names


def _check(name: str, calendars: Collection[str], place: str) -> None:
    valid = {*calendars, ALWAYS}
    if name not in valid:
        told = {"value": name, "where": "calendars", "nearest": nearest(name, valid)}
        raise invalid_document([fault((place,), "not_defined", **told)])
