"""The desk's own calendar: named by the desk's document, published with its service levels."""

from __future__ import annotations

from typing import Any

from deskledger.domain.configuration.codes import DESK_STREAM, desk_in_force
from deskledger.domain.configuration.desk_document import DeskDocument
from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.documents import invalid_document
from deskledger.domain.configuration.faults import fault, nearest
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.context import Context
from deskledger.domain.sla.calendar_document import ALWAYS


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
        state: Any = context.states.get(POLICY_STREAM)
        latest = None if state is None else state.latest
        calendars = () if latest is None else latest.document.calendars
        _check(document.calendar, calendars, "calendar")
    if isinstance(document, ServicePolicy):
        desk = desk_in_force(context)
        if desk is not None and desk.calendar is not None:
            _check(desk.calendar, document.calendars, "calendars")


def _check(name: str, calendars: Any, place: str) -> None:
    valid = {*calendars, ALWAYS}
    if name not in valid:
        told = {"value": name, "where": "calendars", "nearest": nearest(name, valid)}
        raise invalid_document([fault((place,), "not_defined", **told)])
