"""The events of a ticket as the steps that its clocks are folded from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from deskledger.domain.events import CommandAnswered
from deskledger.domain.fields import FieldsChanged
from deskledger.domain.references import ReferencesChanged
from deskledger.domain.shapes import ActorKind, Party
from deskledger.domain.sla.instants import micros_of
from deskledger.domain.sla.steps import STAYS, Author, Message, Opening, Step, Tagging
from deskledger.domain.tags import TagsChanged
from deskledger.domain.ticket.clock_events import ClockEvent
from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.due import TicketDueSet
from deskledger.domain.ticket.escalation import TicketEscalated
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
from deskledger.domain.ticket.participants import ParticipantsChanged
from deskledger.domain.ticket.redaction import InteractionRedacted
from deskledger.domain.ticket.relations import LinksChanged, Merged

_AUTHORS: dict[str, Author] = {"agent": "agent", "importer": "agent", "customer": "customer"}


def author_of(kind: str) -> Author:
    """Whom clocks take somebody for; whatever is no person counts as a bot."""
    return _AUTHORS.get(kind, "bot")


def clock_steps(events: Iterable[TicketEvent], acting: ActorKind) -> list[Step]:
    """The steps that the events of one commit are, in their order.

    What one act did to a ticket is one step, so that a reply which solves the ticket is not taken
    for a reply and a solve; a second message or a second change of status begins another.

    What a policy decided, as an escalation does, leaves every clock the target that it has, until
    somebody else changes the ticket.

    Args:
        events: of one commit.
        acting: who did it in the world; what decided an event in their place, and a contact's own
            author, count before that.
    """
    steps: list[Step] = []
    for event in events:
        decider = acting if event.by is None or event.by.kind == "macro" else event.by.kind
        for found in _parts(event, author_of(decider)):
            part = found._replace(keeps_targets=True) if decider == "policy" else found
            joined = _joined(steps[-1], part) if steps else None
            if joined is None:
                steps.append(part)
            else:
                steps[-1] = joined
    return steps


def _parts(event: TicketEvent, by: Author) -> Iterator[Step]:
    at = micros_of(event.occurred_at)
    match event:
        case TicketOpened():
            yield _opening(event, at)
        case CustomerMessageReceived() | ReplySent() | NoteAdded() | CallLogged():
            message = _message(event)
            if message is not None:
                yield Step(at, by, message=message)
        case TicketAssigned():
            yield _party(event.party.after, at, by)
        case (
            TicketPaused() | TicketActivated() | TicketSolved() | TicketReopened()
            | TicketClosed() | Merged()
        ):  # fmt: skip
            if event.status is not None:
                yield Step(at, by, status=event.status.after.value)
        case TicketClassified() | TicketPrioritised() | TagsChanged():
            yield from _changed(event, at, by)
        case (
            FieldsChanged() | ReferencesChanged() | LinksChanged() | ParticipantsChanged()
            | TicketDueSet() | TicketEscalated() | InteractionRedacted() | ClockEvent()
            | CommandAnswered()
        ):  # fmt: skip
            return
        case _:
            assert_never(event)


def _opening(event: TicketOpened, at: int) -> Step:
    by: Author = "customer" if event.direction == "in" else "agent"
    attributes = {
        "priority": event.priority,
        "type": event.type_code,
        "channel": event.channel,
        "tier": event.tier,
        "tags": frozenset(event.tags),
    }
    party = event.party
    return Step(
        at,
        by,
        opening=Opening(by, None, attributes),
        agent=party.agent,
        group=party.group or STAYS,
        status=event.status.value,
    )


def _message(event: CustomerMessageReceived | ReplySent | NoteAdded | CallLogged) -> Message | None:
    """Who said what; nobody said anything in a call from the desk that was not answered."""
    author = author_of(event.author.kind)
    match event:
        case CustomerMessageReceived():
            return Message("customer", "public_message")
        case ReplySent():
            return Message(author, "public_message")
        case NoteAdded():
            return Message("bot" if author == "customer" else author, "internal_note")
        case CallLogged():
            if event.answered and event.agent is not None:
                return Message("agent", "call")
            return Message("customer", "call") if event.direction == "in" else None
        case _:
            assert_never(event)


def _changed(
    event: TicketClassified | TicketPrioritised | TagsChanged, at: int, by: Author
) -> Iterator[Step]:
    """The attributes that policies know, and the party that a new stage brought."""
    match event:
        case TagsChanged():
            added = frozenset(tagged.tag for tagged in event.added)
            yield Step(at, by, tags=Tagging(added, frozenset(event.removed)))
        case TicketPrioritised():
            if event.priority is not None:
                yield Step(at, by, changes={"priority": event.priority.after})
        case TicketClassified():
            stated = {"type": event.type_code, "tier": event.tier}
            changes = {name: change.after for name, change in stated.items() if change is not None}
            if changes:
                yield Step(at, by, changes=changes)
            if event.party is not None:
                yield _party(event.party.after, at, by)
        case _:
            assert_never(event)


def _party(party: Party, at: int, by: Author) -> Step:
    return Step(at, by, agent=party.agent, group=party.group)


def _joined(before: Step, part: Step) -> Step | None:
    """One step of two that one act did at one time; None where they are two."""
    if before.at != part.at or part.opening is not None:
        return None
    if before.opening is not None:
        return _opened_with(before, before.opening, part)
    is_second = (
        part.message is not None
        or part.keeps_targets != before.keeps_targets
        or (part.status is not None and before.status is not None)
        or STAYS not in (part.group, before.group)
        or (part.tags is not None and before.tags is not None)
    )
    if is_second:
        return None
    changes = {**(before.changes or {}), **(part.changes or {})}
    return before._replace(
        agent=part.agent or before.agent,
        group=before.group if part.group == STAYS else part.group,
        changes=changes if before.changes is not None or part.changes is not None else None,
        tags=part.tags or before.tags,
        status=part.status or before.status,
    )


def _opened_with(before: Step, opening: Opening, part: Step) -> Step | None:
    """The opening with its first message; None for whatever else came after it."""
    message = part.message
    if message is None or opening.contact is not None:
        return None
    if opening.by == "customer":
        return before if message.by == "customer" else None
    if message.by != "agent" or message.contact == "internal_note":
        return None
    return before._replace(opening=opening._replace(contact=message.contact))
