"""How a ticket's classes, priority, fields, tags and references change."""

from __future__ import annotations

from typing import Any, assert_never

from deskledger.domain.fields import SetFields, change_fields
from deskledger.domain.references import LinkReference, UnlinkReference, change_references
from deskledger.domain.shapes import Change
from deskledger.domain.tags import TagTicket, change_tags
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.commands import ClassifyTicket, PrioritiseTicket
from deskledger.domain.ticket.events import (
    CategoryChange,
    SlugChange,
    TicketClassified,
    TicketEvent,
    TicketPrioritised,
)
from deskledger.domain.ticket.status import Status
from deskledger.domain.ticket.together import AttributePart

_REFERENCES = LinkReference | UnlinkReference


def decide_attribute(case: Case, command: AttributePart) -> list[TicketEvent]:
    """Change what describes the ticket; its status stays, and a closed one only gets references.

    Raises:
        CommandRefused: the ticket is closed, or would hold too many of a kind.
    """
    case.refuse_late()
    if not isinstance(command, _REFERENCES):
        case.refuse(Status.CLOSED)
    at, by, state = case.at, case.by, case.state
    match command:
        case ClassifyTicket():
            return _classify(case, command)
        case PrioritiseTicket():
            return _prioritise(case, command)
        case SetFields():
            return [*change_fields(state, command, at=at, by=by)]
        case TagTicket():
            return [*change_tags(state.tags, command, at=at, by=by)]
        case LinkReference() | UnlinkReference():
            return [*change_references(state.references, command, at=at, by=by)]
        case _:
            assert_never(command)


def _classify(case: Case, command: ClassifyTicket) -> list[TicketEvent]:
    changes = {name: _change(case, command, name) for name in ("type_code", "stage", "tier")}
    category = _change(case, command, "category", CategoryChange)
    if category is None and not any(changes.values()):
        return []
    # A stage that brings a party or a due time needs a workflow that says so: null until then.
    event = TicketClassified.model_construct(
        occurred_at=case.at,
        by=case.by,
        type_code=changes["type_code"],
        category=category,
        stage=changes["stage"],
        tier=changes["tier"],
        party=None,
        due_at=None,
    )
    return [event]


def _prioritise(case: Case, command: PrioritiseTicket) -> list[TicketEvent]:
    """Set priority, impact and urgency; what was set by hand is not recomputed."""
    pinned: bool = case.state.attributes["pinned"].held(case.at)[0]
    if pinned and _recomputed(case):
        return []
    changes = {name: _change(case, command, name) for name in ("priority", "impact", "urgency")}
    repins = command.pinned is not None and command.pinned != pinned
    if not repins and not any(changes.values()):
        return []
    by_hand = case.agent is not None and not case.history
    event = TicketPrioritised.model_construct(
        occurred_at=case.at,
        by=case.by,
        priority=changes["priority"],
        impact=changes["impact"],
        urgency=changes["urgency"],
        pinned=by_hand if command.pinned is None else command.pinned,
        reason=command.reason or ("manual" if by_hand else "computed"),
    )
    return [event]


def _recomputed(case: Case) -> bool:
    """Whether software decided this by itself, and not in an import of what once was."""
    if case.history:
        return False
    decided = case.by is not None and case.by.kind != "macro"
    return decided or case.context.acting.kind in ("rule", "policy", "system")


def _change(
    case: Case,
    command: ClassifyTicket | PrioritiseTicket,
    name: str,
    shape: type[Change[Any]] = SlugChange,
) -> Change[Any] | None:
    """The change of a stated attribute; None where it is not stated or stays."""
    if not command.states(name):
        return None
    timeline, after = case.state.attributes[name], getattr(command, name)
    if timeline.holds(case.at, after):
        return None
    before, since = timeline.held(case.at)
    return shape.model_construct(before=before, after=after, since=since)
