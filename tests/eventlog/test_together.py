"""Commands of many threads are decided together: each is answered as if it were alone."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.domain.commands import Command
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, ResumeTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.records import Draft, Receipt
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.stream_locks import StreamLocks
from deskledger.eventlog.writing.writer import Writer
from tests.patience import PATIENCE_SECONDS, wait_until

Asked = tuple[str | None, Command]
Outcome = Answer | Exception
THREADS = 6


class HeldLedger(EmbeddedLedger):
    """A ledger whose next append waits until it is let go, and which counts them."""

    appended: list[int]
    gate: threading.Event
    reached: threading.Event

    def hold(self) -> None:
        self.appended = []
        self.gate, self.reached = threading.Event(), threading.Event()

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        self.appended.append(len(drafts))
        self.reached.set()
        assert self.gate.wait(PATIENCE_SECONDS)
        return super().append(drafts)


@pytest.fixture
def held(desk: Desk) -> Iterator[HeldLedger]:
    with ExitStack() as stack:
        ledger = stack.enter_context(HeldLedger.open(desk.directory))
        ledger.hold()
        stack.callback(ledger.gate.set)
        yield ledger


def opened(desk: Desk, request: Request, count: int) -> list[str]:
    opening = OpenTicket(channel="email")
    return [desk.writer.execute(None, opening, request).stream for _ in range(count)]


def outcome(work: Callable[[], Answer]) -> Outcome:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the outcome is the result
        return error


def together(
    writer: Writer, held: HeldLedger, first: Asked, others: Sequence[Asked], request: Request
) -> list[Outcome]:
    """What each is answered where `others` come while `first` is being stored."""
    results: dict[int, Outcome] = {}

    def ask(index: int, asked: Asked) -> None:
        results[index] = outcome(lambda: writer.execute(*asked, request))

    threads = [
        threading.Thread(target=ask, args=(index, asked))
        for index, asked in enumerate([first, *others])
    ]
    threads[0].start()
    assert held.reached.wait(PATIENCE_SECONDS)
    for thread in threads[1:]:
        thread.start()
    callers = writer._queue._callers  # noqa: SLF001 - nothing else tells who waits
    wait_until(lambda: len(callers) >= len(others))
    held.gate.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    return [results[index] for index in range(len(threads))]


def writer_of(desk: Desk, held: HeldLedger) -> Writer:
    return Writer(held, desk.vault, desk.clock)


@settings(max_examples=15, deadline=None)
@given(places=st.lists(st.integers(0, 2), min_size=1, max_size=THREADS))
def test_those_who_come_while_one_is_stored_share_the_next_append(
    desk: Desk, agent: Request, places: list[int]
) -> None:
    tickets = opened(desk, agent, 4)
    with HeldLedger.open(desk.directory) as held:
        held.hold()
        notes: list[Asked] = [
            (tickets[place], AddNote(text=f"note {index}")) for index, place in enumerate(places)
        ]
        first: Asked = (tickets[3], AddNote(text="first"))
        answers = together(writer_of(desk, held), held, first, notes, agent)
    assert held.appended == [1, len(places)]
    told = [answer for answer in answers if isinstance(answer, Answer)]
    assert [answer.outcome for answer in told] == ["done"] * (1 + len(places))
    for place, ticket in enumerate(tickets[:3]):
        versions = [read_commit(record.value).version for record in desk.ledger.history(ticket)]
        assert versions == list(range(1, 2 + places.count(place)))
        own = [answer.version for answer in told[1:] if answer.stream == ticket]
        assert sorted(own) == versions[1:]


def test_what_is_wrong_with_one_is_told_to_nobody_else(
    desk: Desk, agent: Request, held: HeldLedger
) -> None:
    tickets = opened(desk, agent, 3)
    note = AddNote(text="a note")
    first, good, bad, refused = together(
        writer_of(desk, held),
        held,
        (tickets[0], note),
        [(tickets[1], note), ("planet/mars", note), (tickets[2], SolveTicket())],
        agent,
    )
    assert isinstance(bad, InvalidInput)
    assert isinstance(first, Answer)
    assert isinstance(good, Answer)
    assert isinstance(refused, Answer)
    assert (first.outcome, good.outcome, refused.code) == ("done", "done", "resolution_required")
    assert [len(desk.ledger.history(ticket)) for ticket in tickets] == [2, 2, 2]


def test_a_ledger_that_cannot_be_written_is_told_to_all(
    desk: Desk, agent: Request, held: HeldLedger
) -> None:
    tickets = opened(desk, agent, 3)
    note = AddNote(text="a note")
    held._queue.close()  # noqa: SLF001 - only the writing is to end, not the reading
    answers = together(
        writer_of(desk, held),
        held,
        (tickets[0], note),
        [(ticket, note) for ticket in tickets[1:]],
        agent,
    )
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    assert len({id(answer) for answer in answers}) == 3


def test_nothing_to_do_is_said_of_the_ledger_as_it_is(
    desk: Desk, agent: Request, held: HeldLedger
) -> None:
    process = Request(Actor(kind="policy", id="p"), "process", "waker")
    ticket, other = opened(desk, agent, 2)
    writer = writer_of(desk, held)
    held.gate.set()
    assert writer.execute(ticket, ResumeTicket(), process).outcome == "done"
    assert desk.writer.execute(ticket, SolveTicket(resolution="fixed"), agent).outcome == "done"
    held.hold()
    asked: list[Asked] = [(ticket, ResumeTicket()), (ticket, ResumeTicket())]
    answers = together(writer, held, (other, ResumeTicket()), asked, process)[1:]
    assert [isinstance(one, Answer) and one.code for one in answers] == ["ticket_solved"] * 2


def test_a_stream_that_is_held_holds_nobody_else_up(desk: Desk, agent: Request) -> None:
    busy, free = opened(desk, agent, 2)
    answers: list[Outcome] = []
    with desk.writer._locks.held([busy]):  # noqa: SLF001 - as a long list of commands does
        thread = threading.Thread(
            target=lambda: answers.append(desk.writer.execute(busy, AddNote(text="waits"), agent))
        )
        thread.start()
        for count in range(3):
            note = AddNote(text=f"note {count}")
            assert desk.writer.execute(free, note, agent).outcome == "done"
        assert answers == []
    thread.join(PATIENCE_SECONDS)
    assert [isinstance(answer, Answer) and answer.outcome for answer in answers] == ["done"]


@given(st.lists(st.integers(0, 9), max_size=8), st.lists(st.integers(0, 9), max_size=8))
def test_only_streams_that_nobody_holds_are_taken(mine: list[int], others: list[int]) -> None:
    locks = StreamLocks()
    found: list[set[str]] = []

    def look() -> None:
        with locks.held_if_free(f"ticket/{number}" for number in others) as free:
            found.append(free)

    with locks.held(f"ticket/{number}" for number in mine):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(PATIENCE_SECONDS)
    assert found == [{f"ticket/{number}" for number in others if number not in mine}]
    with locks.held_if_free(f"ticket/{number}" for number in mine) as free:
        assert free == {f"ticket/{number}" for number in mine}
