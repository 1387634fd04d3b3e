"""Which codes the commands on a ticket state, and what they are checked against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deskledger.domain.commands import Command
from deskledger.domain.configuration.codes import check_code, desk_in_force
from deskledger.domain.context import Context
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    UnassignTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.redaction import RedactInteraction


class StatedCode(NamedTuple):
    """A field of a command that holds a code, and the desk's list of such codes."""

    field: str
    codes: str
    given: frozenset[str] = frozenset()


_GIVEN = {
    "assign": frozenset(
        {"taken", "manual", "routed", "returned", "escalated"}
        | {"agent_left", "group_closed", "reopened"}
    ),
    "hold": frozenset({"snoozed"}),
    "resume": frozenset({"assigned", "replied", "customer_wrote", "resumed", "woke"}),
    "reopen": frozenset({"customer_wrote", "agent", "rejected", "mistake"}),
    "close": frozenset({"settled", "timeout", "withdrawn", "spam", "duplicate", "test"}),
    "prioritise": frozenset({"manual", "computed", "escalated"}),
    "due": frozenset({"manual", "promised"}),
    "escalate": frozenset({"manual", "mark_reached"}),
}
"""Reasons that the software itself gives, or treats in a way of their own."""


def _reason(name: str) -> StatedCode:
    return StatedCode("reason", f"reasons.{name}", _GIVEN.get(name, frozenset()))


_CONTACT = (
    StatedCode("channel", "channels", frozenset({"internal", "phone"})),
    StatedCode("inbox", "inboxes"),
)
_CLASSES = (
    StatedCode("type_code", "types"),
    StatedCode("stage", "stages"),
    StatedCode("tier", "tiers"),
)
_PRIORITIES = (
    StatedCode("priority", "priorities"),
    StatedCode("impact", "impacts"),
    StatedCode("urgency", "urgencies"),
)
STATED_CODES: Mapping[type[Command], tuple[StatedCode, ...]] = {
    OpenTicket: (*_CONTACT, *_CLASSES, *_PRIORITIES),
    **dict.fromkeys((ReceiveMessage, SendReply, AddNote, LogCall), _CONTACT),
    ClassifyTicket: _CLASSES,
    PrioritiseTicket: (*_PRIORITIES, _reason("prioritise")),
    AssignTicket: (_reason("assign"),),
    UnassignTicket: (_reason("assign"),),
    PendTicket: (_reason("pend"),),
    HoldTicket: (_reason("hold"),),
    ResumeTicket: (_reason("resume"),),
    ReopenTicket: (_reason("reopen"),),
    CloseTicket: (_reason("close"),),
    SetDue: (_reason("due"),),
    EscalateTicket: (StatedCode("priority", "priorities"), _reason("escalate")),
    RedactInteraction: (_reason("redact"),),
    SolveTicket: (StatedCode("resolution", "resolutions"),),
}
"""The codes that each kind of command on a ticket can state."""

_TAGGING = OpenTicket | TagTicket | EscalateTicket


def states_codes(command: Command) -> bool:
    """Whether a command states a code, so that the desk's lists must be known."""
    if _was_published(command):
        return False
    for field, _, given in STATED_CODES.get(type(command), ()):
        code = getattr(command, field)
        if code is not None and code not in given:
            return True
    return isinstance(command, _TAGGING) and any(True for _ in _tags(command))


def check_codes(command: Command, context: Context) -> None:
    """Refuse the first code of a command that the desk does not have.

    Raises:
        CommandRefused: ``code_unknown``.
    """
    document = desk_in_force(context)
    if document is None or _was_published(command):
        return
    for field, codes, given in STATED_CODES.get(type(command), ()):
        code = getattr(command, field)
        if code is not None:
            check_code(document, codes, code, what=field, given=given)
    if document.codes["tags"] is not None:
        for tag in _tags(command):
            check_code(document, "tags", tag, what="tag")


def _was_published(command: Command) -> bool:
    """Whether the codes are those of a published policy: a level is never lost for a code."""
    return isinstance(command, EscalateTicket) and command.clock is not None


def _tags(command: Command) -> Iterator[str]:
    if isinstance(command, OpenTicket | EscalateTicket):
        yield from command.tags
    elif isinstance(command, TagTicket):
        yield from (tagged.tag for tagged in command.added)
