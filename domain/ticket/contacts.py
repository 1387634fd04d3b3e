"""How contacts are recorded, and what follows from them for the status."""

from __future__ import annotations

from typing import Any, assert_never

from deskledger.domain.contact import Author
from deskledger.domain.parties import acting_customer, check_agent, refuse_blocked
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.changes import activated, reopened
from deskledger.domain.ticket.contact_commands import (
    AddNote,
    ContactCommand,
    LogCall,
    ReceiveMessage,
    SendReply,
)
from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.status import PAUSED, Status
from deskledger.domain.ticket.together import ContactPart


def decide_contact(case: Case, command: ContactPart) -> list[TicketEvent]:
    """Record a contact; on time, it may begin the work, wake or reopen the ticket.

    A late contact is filed in any status and moves none, and neither does an imported one.

    Raises:
        CommandRefused: the ticket is closed, the sender is blocked, or a mentioned agent is not
            known.
    """
    moves = not case.late and not case.history
    if moves and not isinstance(command, AddNote):
        case.refuse(Status.CLOSED)
    contact: TicketEvent
    match command:
        case ReceiveMessage():
            sender = acting_customer(case.context)
            if sender is not None:
                refuse_blocked(sender, case.context)
            contact = _message(case, command)
            moved = _customer_wrote(case, reopens=command.needs_answer)
        case SendReply():
            contact = _reply(case, command)
            moved = _desk_spoke(case) if contact.author.kind == "agent" else []
        case AddNote():
            contact = _note(case, command)
            moved = []
        case LogCall():
            contact = _call(case, command)
            moved = _called(case, command)
        case _:
            assert_never(command)
    return [contact, *(moved if moves else [])]


def _message(case: Case, command: ReceiveMessage) -> CustomerMessageReceived:
    return CustomerMessageReceived.model_construct(
        **_shared(case, command, Author.model_construct(kind="customer", id=case.customer)),
        direction="in",
        text=command.text,
        sender=command.sender,
        verified=command.verified,
        recipients=command.recipients or None,
    )


def _reply(case: Case, command: SendReply) -> ReplySent:
    return ReplySent.model_construct(
        **_shared(case, command, _actor(case)),
        direction="out",
        text=command.text,
        to=command.to or None,
        cc=command.cc or None,
    )


def _note(case: Case, command: AddNote) -> NoteAdded:
    for agent in () if case.history else command.mentions:
        check_agent(agent, case.context)
    shared = _shared(case, command, _actor(case), channel="internal")
    return NoteAdded.model_construct(
        **shared, direction="internal", text=command.text, mentions=command.mentions
    )


def _call(case: Case, command: LogCall) -> CallLogged:
    spoke = command.answered or command.direction == "out"
    agent = command.agent if command.states("agent") or not spoke else case.context.acting_agent
    caller = Author.model_construct(kind="customer", id=case.customer)
    called = Author.model_construct(kind="agent", id=agent) if agent else _actor(case)
    author = caller if command.direction == "in" else called
    return CallLogged.model_construct(
        **_shared(case, command, author, channel="phone"),
        direction=command.direction,
        text=command.text,
        started_at=command.started_at,
        ended_at=command.ended_at,
        waited_seconds=command.waited_seconds,
        answered=command.answered,
        agent=agent,
        voicemail=command.voicemail,
    )


def _shared(
    case: Case, command: ContactCommand, author: Author, *, channel: str | None = None
) -> dict[str, Any]:
    """The fields that every contact has, but for its direction and text."""
    channel = command.channel or channel or case.state.channel
    same_channel = channel == case.state.channel
    inbox = command.inbox or (case.state.inbox if same_channel else None)
    return {
        "occurred_at": case.at,
        "by": case.by,
        "interaction": case.context.interaction_id(case.part),
        "opening": case.opening,
        "channel": channel,
        "inbox": inbox,
        "author": command.author or author,
        "format": command.format,
        "language": command.language,
        "attachments": command.attachments,
        "thread": command.thread,
        "used": command.used,
    }


def _actor(case: Case) -> Author:
    return Author.model_construct(kind=case.context.acting.kind, id=case.context.acting.id)


def _customer_wrote(case: Case, *, reopens: bool = True) -> list[TicketEvent]:
    status = case.status
    if status in PAUSED:
        return [activated(case, "customer_wrote")]
    if status is Status.SOLVED and reopens:
        return [reopened(case, "customer_wrote")]
    return []


def _desk_spoke(case: Case) -> list[TicketEvent]:
    return [activated(case, "replied")] if case.status is Status.NEW else []


def _called(case: Case, command: LogCall) -> list[TicketEvent]:
    if command.direction == "out":
        return _desk_spoke(case)
    answered = _desk_spoke(case) if command.answered else []
    return answered or _customer_wrote(case)
