"""The state machine as a table: every status and every command of a ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.fields import SetFields
from deskledger.domain.identifiers import derived_id, interaction_id
from deskledger.domain.references import LinkReference, Reference, ReferenceKey, UnlinkReference
from deskledger.domain.shapes import Actor, By
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.clock_commands import ObserveClocks
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
from deskledger.domain.ticket.events import Origin
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
from deskledger.domain.ticket.together import TICKET_COMMANDS, Together
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
    Story,
    desk,
    minutes,
    part,
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


CONTACTS = ReceiveMessage | SendReply | AddNote | LogCall
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
CASES = [
    pytest.param(who, command, status, expected, id=f"{row}-{command.type}-{status}-{expected}")
    for row, (who, command, cells) in enumerate(TABLE)
    for status, expected in zip(STATUSES, cells.split(), strict=True)
]


def ticket(status: str) -> Story:
    """A ticket for which nobody is responsible: a customer's solving takes it for nobody."""
    first = AddNote(text="First.")
    opened = desk().by(AS_CUSTOMER).when(OpenTicket(channel="email"), first)
    return opened.when(*BEGIN[status]).after(5).beside(**others(opened))


def others(opened: Story) -> dict[str, Story]:
    """A ticket that was opened before, and one that was opened from this one."""
    before = replace(desk(), stream=ticket_named("older")).after(-60)
    after = replace(desk(), stream=ticket_named("younger")).beside(opened=opened)
    origin = Origin(relation="parent", ticket=part(opened), interaction=None)
    return {
        "zoe": Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer()),
        "older": before.when(OpenTicket(channel="email")),
        "younger": after.when(OpenTicket(channel="email", origin=origin)),
    }


@pytest.mark.parametrize(("who", "command", "status", "expected"), CASES)
def test_the_ticket_does_what_the_table_says(
    who: Actor, command: Command, status: str, expected: str
) -> None:
    story = ticket(status).by(who)
    assert story.state.status.present == status
    if expected == "-":
        story.then_nothing(command)
    elif expected == "=":
        assert story.decide(command)
        assert story.when(command).state.status.present == status
    elif expected in STATUSES:
        assert story.when(command).state.status.present == expected
    else:
        story.then_refused(command, expected)


def test_the_table_has_every_command() -> None:
    listed = {type(command) for _, command, _ in TABLE} | {Together, ObserveClocks}
    assert listed == set(TICKET_COMMANDS)


OF_MERGED = LinkReference | UnlinkReference | RedactInteraction


@pytest.mark.parametrize(
    ("who", "command"), [pytest.param(*row[:2], id=row[1].type) for row in TABLE]
)
def test_a_merged_ticket_takes_references_redactions_and_what_the_desk_itself_tells(
    who: Actor, command: Command
) -> None:
    merged = ticket("open").by(AS_ANN).when(MergeTicket(ticket=OLDER)).after(1).by(who)
    if isinstance(command, OpenTicket):
        merged.then_refused(command, "stream_exists")
    elif isinstance(command, OF_MERGED) or who == AS_LINKER:
        merged.decide(command)
    else:
        merged.then_refused(command, "ticket_merged", into=OLDER)


@pytest.mark.parametrize("status", STATUSES)
def test_together_with_one_part_does_what_the_part_does(status: str) -> None:
    part = AddNote(text="Odd.")
    alone, whole = ticket(status).decide(part), ticket(status).decide(Together(parts=(part,)))
    assert alone == whole


@pytest.mark.parametrize(("who", "command", "status", "expected"), CASES)
def test_a_late_fact_is_judged_by_the_status_of_its_time(
    who: Actor, command: Command, status: str, expected: str
) -> None:
    """But for contacts and merges the table holds for the past, whatever the ticket became."""
    if isinstance(command, OpenTicket | MergeTicket | CONTACTS):
        return
    then = ticket(status)
    later = ResumeTicket() if status == "closed" else CloseTicket()
    became = then.after(10).past().when(later)
    assert became.state.status.present != status
    late = command.model_copy(update={"occurred_at": then.now})
    story = replace(became.by(who).recording_late(), history=False)
    if expected == "-":
        story.then_nothing(late)
    elif expected == "=":
        assert story.decide(late)
    elif expected in STATUSES:
        events = story.decide(late)
        assert story.told(*events).state.status.held(then.now)[0] == expected
    else:
        story.then_refused(late, expected)
