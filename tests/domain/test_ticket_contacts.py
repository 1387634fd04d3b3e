"""What is recorded of a contact, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

from deskledger.domain.contact import Author
from deskledger.domain.identifiers import derived_id
from deskledger.domain.shapes import Actor, By
from deskledger.domain.ticket.commands import (
    CloseTicket,
    OpenTicket,
    PendTicket,
    SolveTicket,
    TakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.events import (
    TicketActivated,
    TicketOpened,
    TicketReopened,
)
from deskledger.domain.ticket.together import Together
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_BOT,
    AS_CUSTOMER,
    AS_IMPORTER,
    BOB,
    CUSTOMER,
    NOON,
    Story,
    desk,
    minutes,
)

OPEN = OpenTicket(channel="email", inbox="support")


def ticket() -> Story:
    return desk().when(OPEN)


def call(*, answered: bool = True, direction: str = "in") -> LogCall:
    times = {"started_at": NOON, "ended_at": NOON + minutes(2)}
    return LogCall.model_validate({"direction": direction, "answered": answered, **times})


def test_a_first_message_is_the_next_event_of_the_opening_commit() -> None:
    whole = Together(parts=(OPEN, ReceiveMessage(text="Help")))
    opened, message = desk().then(whole, TicketOpened, CustomerMessageReceived)
    assert (opened.status, message.opening, message.direction) == ("new", True, "in")


def test_a_message_later_is_not_part_of_the_opening() -> None:
    (message,) = ticket().then(ReceiveMessage(text="Help"), CustomerMessageReceived)
    assert not message.opening


def test_a_message_is_the_customers_and_comes_by_the_tickets_channel() -> None:
    story = Story(record_late=True).past().when(OPEN.model_copy(update={"customer": CUSTOMER}))
    (message,) = story.then(ReceiveMessage(text="Help"), CustomerMessageReceived)
    assert message.author == Author(kind="customer", id=CUSTOMER)
    assert (message.channel, message.inbox) == ("email", "support")


def test_another_channel_has_an_inbox_of_its_own() -> None:
    (message,) = ticket().then(ReceiveMessage(text="Hi", channel="chat"), CustomerMessageReceived)
    assert (message.channel, message.inbox) == ("chat", None)


def test_an_interactions_id_follows_from_the_command_and_its_place() -> None:
    whole = Together(parts=(AddNote(text="one"), AddNote(text="two")))
    story = ticket()
    command_id = derived_id("command", story.stream, str(story.steps))
    notes = story.then(whole, NoteAdded, NoteAdded)
    expected = [derived_id("interaction", command_id, place) for place in ("0", "1")]
    assert [note.interaction for note in notes] == expected


def test_a_reply_is_the_acting_agents() -> None:
    reply, activated = ticket().then(SendReply(text="Done."), ReplySent, TicketActivated)
    assert reply.author == Author(kind="agent", id=ANN)
    assert activated.reason == "replied"


def test_a_reply_on_behalf_of_an_agent_is_that_agents() -> None:
    story = replace(ticket(), actor=Actor(kind="service", id="crm"), on_behalf_of=AS_ANN)
    reply, _ = story.then(SendReply(text="Done."), ReplySent, TicketActivated)
    assert reply.author == Author(kind="agent", id=ANN)


def test_a_bots_reply_begins_no_work() -> None:
    (reply,) = ticket().by(AS_BOT).then(SendReply(text="Received."), ReplySent)
    assert reply.author == Author(kind="bot", id="greeter")


def test_a_note_is_internal_and_may_mention_agents() -> None:
    (note,) = ticket().then(AddNote(text="See", mentions=(ANN,)), NoteAdded)
    assert (note.channel, note.inbox, note.direction) == ("internal", None, "internal")
    assert note.mentions == (ANN,)


def test_the_customers_message_wakes_a_waiting_ticket() -> None:
    pending = ticket().when(PendTicket(reason="asked"))
    _, activated = pending.by(AS_CUSTOMER).then(
        ReceiveMessage(text="Here"), CustomerMessageReceived, TicketActivated
    )
    assert activated.reason == "customer_wrote"
    assert (activated.status.before, activated.status.after) == ("pending", "open")


def test_the_customers_message_reopens_a_solved_ticket_and_names_its_solver() -> None:
    solved = ticket().when(TakeTicket(), SolveTicket(resolution="fixed")).after(7)
    _, reopened = solved.by(AS_CUSTOMER).then(
        ReceiveMessage(text="Again"), CustomerMessageReceived, TicketReopened
    )
    assert (reopened.reason, reopened.solver, reopened.status.since) == (
        "customer_wrote",
        ANN,
        NOON,
    )


def test_thanks_leave_the_ticket_solved_and_name_the_rule() -> None:
    thanks = By(kind="rule", id="thanks", version=2, confidence="0.97")
    solved = ticket().when(SolveTicket(resolution="fixed"))
    command = ReceiveMessage(text="Thanks!", needs_answer=False, by=thanks)
    (message,) = solved.by(AS_CUSTOMER).then(command, CustomerMessageReceived)
    assert message.by == thanks


def test_an_answered_call_is_spoken_by_the_acting_agent() -> None:
    logged, activated = ticket().then(call(), CallLogged, TicketActivated)
    assert (logged.agent, logged.author.kind, logged.channel) == (ANN, "customer", "phone")
    assert activated.reason == "replied"


def test_a_missed_call_is_nobodys() -> None:
    (logged,) = ticket().then(call(answered=False), CallLogged)
    assert logged.agent is None


def test_a_call_out_is_its_agents_even_when_another_records_it() -> None:
    stated = call(direction="out").model_copy(update={"agent": BOB})
    command = LogCall.model_validate(stated.model_dump(exclude_unset=True) | {"agent": BOB})
    logged, _ = ticket().then(command, CallLogged, TicketActivated)
    assert (logged.agent, logged.author) == (BOB, Author(kind="agent", id=BOB))


def test_a_late_contact_is_filed_in_any_status_and_moves_none() -> None:
    closed = ticket().after(30).when(SolveTicket(resolution="fixed"), CloseTicket())
    late = ReceiveMessage(text="By the way", occurred_at=NOON + minutes(10))
    (message,) = closed.by(AS_CUSTOMER).then(late, CustomerMessageReceived)
    assert message.occurred_at == NOON + minutes(10)
    assert closed.when(late).state.status == closed.state.status


def test_an_imported_contact_moves_no_status() -> None:
    story = ticket().past()
    (reply,) = story.then(SendReply(text="Done."), ReplySent)
    assert reply.author == Author(kind="importer", id=AS_IMPORTER.id)


def test_an_empty_list_of_addresses_is_written_as_null() -> None:
    (reply, _) = ticket().then(SendReply(text="Done."), ReplySent, TicketActivated)
    assert (reply.to, reply.cc) == (None, None)
