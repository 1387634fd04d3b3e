"""What each command does to a ticket in each status, as a table."""

from __future__ import annotations

from deskledger.domain.commands import Command
from deskledger.domain.fields import SetFields
from deskledger.domain.identifiers import derived_id, interaction_id
from deskledger.domain.references import LinkReference, Reference, ReferenceKey, UnlinkReference
from deskledger.domain.shapes import Actor, By
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
    TakeTicket,
    UnassignTicket,
    WakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.participants import (
    AddParticipant,
    ChangeCustomer,
    RemoveParticipant,
)
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relation_commands import (
    FollowCustomer,
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    ReturnTicket,
    UnlinkTicket,
)
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_BOT,
    AS_CUSTOMER,
    AS_LINKER,
    AS_RULE,
    CUSTOMER,
    NOON,
    TICKET,
    minutes,
    ticket_named,
)

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
UNTIL = NOON + minutes(1)
OLDER, YOUNGER = (ticket_named(name).partition("/")[2] for name in ("older", "younger"))
FIRST = interaction_id(derived_id("command", TICKET, "1"), 0)
ORDER = ReferenceKey(system="shop", kind="order", id="17")

BEGIN: dict[str, tuple[Command, ...]] = {
    "new": (),
    "open": (ResumeTicket(),),
    "pending": (PendTicket(reason="asked", until=UNTIL),),
    "on_hold": (HoldTicket(reason="supplier", until=UNTIL),),
    "solved": (SolveTicket(resolution="fixed"),),
    "closed": (SolveTicket(resolution="fixed"), CloseTicket()),
}


def call(direction: str, *, answered: bool, voicemail: bool = False) -> LogCall:
    return LogCall.model_validate(
        {
            "direction": direction,
            "answered": answered,
            "voicemail": voicemail,
            "started_at": NOON,
            "ended_at": NOON,
        }
    )


NO_ANSWER = ReceiveMessage(
    text="Thanks!", needs_answer=False, by=By(kind="rule", id="thanks", version=1)
)

# Each row: who, the command, and per status "=" stays, "-" nothing to do, a status, or a refusal.
TABLE: list[tuple[Actor, Command, str]] = [
    (AS_ANN, AssignTicket(agent=ANN), "open = = = = ticket_closed"),
    (AS_ANN, TakeTicket(), "open = = = = ticket_closed"),
    (AS_ANN, AssignTicket(group="first-line"), "= = = = = ticket_closed"),
    (AS_ANN, UnassignTicket(), "- - - - - ticket_closed"),
    (AS_CUSTOMER, ReceiveMessage(text="Hello?"), "= = open open open ticket_closed"),
    (AS_CUSTOMER, NO_ANSWER, "= = open open = ticket_closed"),
    (AS_CUSTOMER, call("in", answered=False), "= = open open open ticket_closed"),
    (
        AS_CUSTOMER,
        call("in", answered=False, voicemail=True),
        "= = open open open ticket_closed",
    ),
    (AS_ANN, call("in", answered=True), "open = open open open ticket_closed"),
    (AS_ANN, call("out", answered=True), "open = = = = ticket_closed"),
    (AS_ANN, call("out", answered=False), "open = = = = ticket_closed"),
    (AS_ANN, SendReply(text="Done."), "open = = = = ticket_closed"),
    (AS_BOT, SendReply(text="We have your message."), "= = = = = ticket_closed"),
    (AS_RULE, SendReply(text="We have your message."), "= = = = = ticket_closed"),
    (AS_ANN, AddNote(text="Odd."), "= = = = = ="),
    (
        AS_ANN,
        PendTicket(reason="asked", until=UNTIL),
        "pending pending - pending ticket_solved ticket_closed",
    ),
    (
        AS_ANN,
        PendTicket(reason="asked_again"),
        "pending pending = pending ticket_solved ticket_closed",
    ),
    (
        AS_ANN,
        HoldTicket(reason="supplier", until=UNTIL),
        "on_hold on_hold on_hold - ticket_solved ticket_closed",
    ),
    (
        AS_ANN,
        HoldTicket(reason="supplier", until=None),
        "on_hold on_hold on_hold = ticket_solved ticket_closed",
    ),
    (AS_ANN, ResumeTicket(), "open - open open ticket_solved ticket_closed"),
    (AS_RULE, WakeTicket(), "open - open open ticket_solved ticket_closed"),
    (AS_ANN, SolveTicket(resolution="fixed"), "solved solved solved solved - ticket_closed"),
    (AS_CUSTOMER, SolveTicket(resolution="fixed"), "solved solved solved solved - ticket_closed"),
    (AS_ANN, ReopenTicket(), "not_solved not_solved not_solved not_solved open ticket_closed"),
    (AS_ANN, CloseTicket(), "not_solved not_solved not_solved not_solved closed -"),
    (AS_ANN, CloseTicket(reason="settled"), "not_solved not_solved not_solved not_solved closed -"),
    (AS_ANN, CloseTicket(reason="withdrawn"), "closed closed closed closed closed -"),
    (AS_ANN, CloseTicket(reason="spam"), "closed closed closed closed closed -"),
    (AS_ANN, CloseTicket(reason="duplicate"), "closed closed closed closed closed -"),
    (AS_ANN, CloseTicket(reason="test"), "closed closed closed closed closed -"),
    (AS_ANN, ClassifyTicket(type_code="billing"), "= = = = = ticket_closed"),
    (AS_ANN, PrioritiseTicket(priority="urgent"), "= = = = = ticket_closed"),
    (AS_ANN, SetFields(fields={"colour": "red"}), "= = = = = ticket_closed"),
    (AS_ANN, TagTicket(add=("loud",)), "= = = = = ticket_closed"),
    (AS_ANN, LinkReference(references=(Reference(**dict(ORDER)),)), "= = = = = ="),
    (AS_ANN, UnlinkReference(references=(ORDER,)), "- - - - - -"),
    (AS_ANN, MergeTicket(ticket=OLDER), "closed closed closed closed closed ticket_closed"),
    (AS_ANN, LinkTicket(ticket=OLDER), "= = = = = ="),
    (AS_ANN, UnlinkTicket(ticket=OLDER), "- - - - - -"),
    (AS_ANN, ChangeCustomer(customer=CUSTOMER), "= = = = = ticket_closed"),
    (AS_ANN, AddParticipant(role="follower", agent=ANN), "= = = = = ticket_closed"),
    (AS_ANN, AddParticipant(role="cc", address="li@example.com"), "= = = = = ticket_closed"),
    (AS_ANN, RemoveParticipant(role="follower", agent=ANN), "- - - - - ticket_closed"),
    (AS_ANN, SetDue(due_at=UNTIL), "= = = = = ticket_closed"),
    (AS_ANN, SetDue(due_at=None), "- - - - - ticket_closed"),
    (AS_ANN, EscalateTicket(level=2), "= = = = ticket_solved ticket_closed"),
    (AS_ANN, RedactInteraction(interaction=FIRST, reason="card_number"), "= = = = = ="),
    (AS_LINKER, MirrorLinks(ticket=YOUNGER, relations=("child",)), "= = = = = ="),
    (AS_LINKER, ReturnTicket(group="first-line"), "- - - - - -"),
    (AS_LINKER, FollowCustomer(customer=CUSTOMER, into=CUSTOMER), "- - - - - -"),
    (AS_ANN, OpenTicket(channel="email"), " ".join(["stream_exists"] * 6)),
]
