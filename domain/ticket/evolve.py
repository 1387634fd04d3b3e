"""How each event changes what is known of a ticket: facts only, no checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from deskledger.domain.events import CommandAnswered
from deskledger.domain.fields import FieldsChanged, begun_fields, filed_fields
from deskledger.domain.references import ReferencesChanged, begun_references, filed_references
from deskledger.domain.shapes import ActorKind, Change
from deskledger.domain.tags import TagsChanged, begun_tags, filed_tags
from deskledger.domain.ticket.clock_events import ClockEvent
from deskledger.domain.ticket.clock_history import ClockHistory
from deskledger.domain.ticket.clock_steps import clock_steps
from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.due import Due, TicketDueSet
from deskledger.domain.ticket.escalation import Escalation, TicketEscalated
from deskledger.domain.ticket.events import (
    TicketActivated,
    TicketAssigned,
    TicketClassified,
    TicketClosed,
    TicketEvent,
    TicketOpened,
    TicketPaused,
    TicketPrioritised,
    TicketReopened,
    TicketSolved,
)
from deskledger.domain.ticket.further import further_changes
from deskledger.domain.ticket.interactions import filed_contact
from deskledger.domain.ticket.participants import ParticipantsChanged
from deskledger.domain.ticket.recorded_clocks import filed_clock
from deskledger.domain.ticket.redaction import InteractionRedacted
from deskledger.domain.ticket.relations import LinksChanged, Merged
from deskledger.domain.ticket.state import Pause, TicketState
from deskledger.domain.timeline import Timeline

_CLASSES = ("type_code", "category", "stage", "tier")
_PRIORITIES = ("priority", "impact", "urgency")


def evolve(state: TicketState | None, event: TicketEvent, version: int) -> TicketState:
    """Give the ticket after one more event, which has this version; it cannot fail."""
    if state is None:
        return _opened(event, version)
    if type(event) is CommandAnswered:
        return state._replace(version=version)
    if isinstance(event, ClockEvent):
        clocks, escalation = filed_clock(state.clocks, event), state.escalation.reached(event)
        return state._replace(version=version, clocks=clocks, escalation=escalation)
    latest_at = max(state.latest_at, event.occurred_at)
    return state._replace(version=version, latest_at=latest_at, **_changes(state, event, version))


def concluded(state: TicketState, events: Sequence[TicketEvent], acting: ActorKind) -> TicketState:
    """Give the ticket after all events of a commit, who acted being known: its clocks' steps."""
    steps = clock_steps(events, acting)
    history = state.clock_history.followed_by(steps)
    return state if history is state.clock_history else state._replace(clock_history=history)


def _changes(state: TicketState, event: TicketEvent, version: int) -> Mapping[str, Any]:
    """The state's fields that an event changes, by name."""
    changes: Mapping[str, Any] = {}
    began_at = state.began_at
    match event:
        case FieldsChanged():
            changes = filed_fields(state, event, version)
        case CustomerMessageReceived() | ReplySent() | NoteAdded() | CallLogged():
            changes = {"interactions": filed_contact(state.interactions, event, version)}
        case TicketAssigned(occurred_at=at, party=party):
            changes = {"party": state.party.filed(at, version, party.after)}
        case (
            TicketActivated() | TicketPaused() | TicketSolved() | TicketReopened() | TicketClosed()
        ):
            changes = _standing(state, event, version)
        case TicketClassified() | TicketPrioritised():
            changes = {"attributes": _attributes(state.attributes, event, version)}
        case TagsChanged():
            tags = filed_tags(state.tags, event, began_at=began_at, version=version)
            changes = {"tags": tags}
        case ReferencesChanged():
            references = state.references
            linked = filed_references(references, event, began_at=began_at, version=version)
            changes = {"references": linked}
        case (
            LinksChanged()
            | Merged()
            | ParticipantsChanged()
            | TicketDueSet()
            | TicketEscalated()
            | InteractionRedacted()
        ):
            changes = further_changes(state, event, version)
        case TicketOpened() | ClockEvent() | CommandAnswered():
            pass
        case _:
            assert_never(event)
    return changes


def _standing(
    state: TicketState,
    event: TicketActivated | TicketPaused | TicketSolved | TicketReopened | TicketClosed,
    version: int,
) -> dict[str, Any]:
    at = event.occurred_at
    changes: dict[str, Any] = {"status": state.status.filed(at, version, event.status.after)}
    if isinstance(event, TicketPaused):
        pause = Pause(event.reason, event.until)
        changes["pauses"] = state.pauses.filed(at, version, pause)
    elif isinstance(event, TicketSolved):
        changes["solvers"] = {**state.solvers, at: event.solver}
    return changes


def _attributes(
    held: Mapping[str, Timeline[Any]],
    event: TicketClassified | TicketPrioritised,
    version: int,
) -> Mapping[str, Timeline[Any]]:
    filed = dict(held)
    for name in _CLASSES if isinstance(event, TicketClassified) else _PRIORITIES:
        change: Change[Any] | None = getattr(event, name)
        if change is not None:
            filed[name] = filed[name].filed(event.occurred_at, version, change.after)
    if isinstance(event, TicketPrioritised):
        filed["pinned"] = filed["pinned"].filed(event.occurred_at, version, event.pinned)
    return filed


def _opened(event: TicketEvent, version: int) -> TicketState:
    if not isinstance(event, TicketOpened):
        raise TypeError("a ticket's first event opens it")
    at = event.occurred_at
    attributes = {
        name: Timeline.begun(at, version, getattr(event, name))
        for name in (*_CLASSES, *_PRIORITIES)
    }
    return TicketState(
        version=version,
        began_at=at,
        latest_at=at,
        kind=event.kind,
        ticket_type=event.ticket_type,
        requester=Timeline.begun(at, version, event.customer),
        channel=event.channel,
        inbox=event.inbox,
        status=Timeline.begun(at, version, event.status),
        pauses=Timeline.begun(at, version, Pause(None, None)),
        party=Timeline.begun(at, version, event.party),
        solvers={},
        attributes={**attributes, "pinned": Timeline.begun(at, version, value=False)},
        fields=begun_fields(event.fields, at, version),
        personal_fields=_personal_fields(event, at, version),
        tags=begun_tags(event.tags, at, version),
        references=begun_references(event.references, at, version),
        links={},
        interactions={},
        participants={},
        due=Timeline.begun(at, version, Due(None, promised=False)),
        merged=None,
        escalation=Escalation.none(at, version),
        clocks={},
        clock_history=ClockHistory(),
    )


def _personal_fields(event: TicketOpened, at: datetime, version: int) -> Mapping[str, Any]:
    fields = begun_fields(event.personal_fields, at, version)
    if event.subject is not None:
        fields["subject"] = Timeline.begun(at, version, event.subject)
    return fields
