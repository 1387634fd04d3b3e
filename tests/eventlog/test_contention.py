"""Writers that others overtake again and again."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.errors import Conflict
from deskledger.eventlog.records import Draft, Receipt
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.writing import contention
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Writer
from tests.patience import PATIENCE_SECONDS


class Overtaken(EmbeddedLedger):
    """A real ledger in which a rival writes to the stream just before each of the next appends."""

    rival: Writer
    ticket: str
    request: Request
    times = 0

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        if self.times:
            self.times -= 1
            self.rival.execute(self.ticket, AddNote(text="first"), self.request)
        return super().append(drafts)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    Desk.create(tmp_path / "desk", NewDesk(zone="UTC")).close()
    # Two write to one file, and each may be held up while it has the lock.
    with Desk.open(tmp_path / "desk", wait_seconds=PATIENCE_SECONDS) as made:
        yield made


@pytest.fixture
def overtaken(desk: Desk) -> Iterator[Overtaken]:
    with Overtaken.open(desk.directory, deadline_seconds=PATIENCE_SECONDS) as ledger:
        ledger.rival = desk.writer
        ledger.request = Request(Actor(kind="agent", id=desk.first_agent()), "cli", "test")
        opened = desk.writer.execute(None, OpenTicket(channel="email"), ledger.request)
        ledger.ticket = opened.stream
        yield ledger


def write(desk: Desk, ledger: Overtaken) -> str:
    writer = Writer(ledger, desk.vault, desk.clock)
    return writer.execute(ledger.ticket, AddNote(text="late"), ledger.request).outcome


def test_a_writer_that_is_overtaken_many_times_comes_through(
    desk: Desk, overtaken: Overtaken
) -> None:
    overtaken.times = 5 * contention.AT_ONCE
    assert write(desk, overtaken) == "done"
    assert overtaken.times == 0


def test_a_writer_that_is_always_overtaken_ends_and_has_recorded_nothing(
    desk: Desk, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contention, "PATIENCE_SECONDS", 0.2)
    overtaken.times = 1_000_000
    with pytest.raises(Conflict) as raised:
        write(desk, overtaken)
    made = 1_000_000 - overtaken.times
    assert raised.value.facts == {"stream": overtaken.ticket, "attempts": made}
    assert made >= contention.AT_ONCE
    assert desk.writer.streams.load(overtaken.ticket).version == 1 + made


def test_threads_that_want_the_same_ticket_at_two_desks_all_get_their_turn(
    desk: Desk, overtaken: Overtaken
) -> None:
    writers = [desk.writer, Writer(overtaken, desk.vault, desk.clock)]
    outcomes: list[str] = []

    def work(writer: Writer) -> None:
        for _ in range(25):
            answer = writer.execute(overtaken.ticket, AddNote(text="mine"), overtaken.request)
            outcomes.append(answer.outcome)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in writers * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["done"] * 100
