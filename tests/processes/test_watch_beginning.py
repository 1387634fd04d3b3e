"""A watcher begins with what the tables hold, and without them with what the ledger holds."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskledger.consumers.processes.due_times import DueTimes
from deskledger.consumers.processes.tables_beside import TablesBeside
from deskledger.consumers.processes.watch_beginning import FromTables, from_ledger
from deskledger.domain.ticket.commands import OpenTicket, PendTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.progress import Progress
from deskledger.projections.clock_watch import WaitingClock
from deskledger.projections.owner import client
from tests.logged_process import LoggedProcess
from tests.owner.running import asked, owner_process
from tests.patience import PATIENCE_SECONDS
from tests.processes.build import ALL_LANES, Place, new_place
from tests.processes.clocked import HOUR, RESPONSE, SOLUTION, ask, publish, settle, watcher

SOME_LANES = frozenset({1, 4, 7, 10})


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        publish(made, RESPONSE, SOLUTION)
        tickets = [made.ask(None, OpenTicket(channel="email")).stream for _ in range(20)]
        for ticket in tickets[::3]:
            ask(made, ticket, SendReply(text="Hello"))
        for ticket in tickets[::4]:
            made.ask(ticket, PendTicket(reason="customer"))
        yield made


def waiting(place: Place) -> list[WaitingClock]:
    """What waits by the ledger's records."""
    reading = watcher(place)
    settle(reading)
    return sorted(reading.due)


@contextmanager
def tables_owned(place: Place) -> Iterator[LoggedProcess]:
    """An owner of tables that hold all of the ledger."""
    ledger, directory = place.desk.ledger, place.desk.directory
    with (
        owner_process(directory) as owner,
        asked(directory, ledger.desk, ledger.progress()) as tables,
    ):
        with tables.moment() as moment:
            assert list(moment.progress) == ledger.progress()
        yield owner


def from_tables(place: Place, owner_seconds: float) -> FromTables:
    """What a watcher begins with, where an owner of the tables may be to come."""
    ledger = place.desk.ledger
    tables = TablesBeside(place.desk.directory, ledger, owner_seconds=owner_seconds)
    return FromTables(tables, ledger)


def begun(place: Place, lanes: frozenset[int], due: DueTimes) -> list[Progress]:
    """Where a watcher begins, as soon as there is an owner to be asked."""
    begin = from_tables(place, 10 * PATIENCE_SECONDS)
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    while (progress := begin(lanes, due)) is None:
        assert time.monotonic() < deadline_at
        time.sleep(0.02)
    return sorted(progress, key=lambda at: at.lane)


def test_the_tables_know_what_waits_as_the_ledger_does(place: Place) -> None:
    expected, due, some = waiting(place), DueTimes(), DueTimes()
    ledger = place.desk.ledger
    with tables_owned(place):
        assert begun(place, ALL_LANES, due) == ledger.progress()
        assert sorted(due) == expected
        assert len(expected) > 20
        progress = begun(place, SOME_LANES, some)
    assert [at.lane for at in progress] == sorted(SOME_LANES)
    assert sorted(some) == [one for one in expected if (one.ticket - 1) % 12 in SOME_LANES]


def test_a_watcher_that_began_from_the_tables_records_what_the_other_would(place: Place) -> None:
    with tables_owned(place):
        begin = from_tables(place, PATIENCE_SECONDS)
        watching = watcher(place, begin=begin)
        settle(watching)
    late = place.ask(None, OpenTicket(channel="email")).stream
    place.clock.pass_by(24 * HOUR)
    settle(watching)
    assert "ClockBreached" in place.types(late)
    assert waiting(place) == []
    # Two of the tickets are answered and wait for the customer: of them nothing is due.
    assert watching.outcomes.counts()["applied"] == 18 + 1


def test_where_nobody_owns_tables_a_watcher_reads_the_ledger_at_once(place: Place) -> None:
    due, ledger = DueTimes(), place.desk.ledger
    begin = from_tables(place, 0)
    assert begin(SOME_LANES, due) == from_ledger(ledger, SOME_LANES)
    assert len(due) == 0


def test_an_owner_that_is_to_come_is_awaited(place: Place) -> None:
    begin = from_tables(place, PATIENCE_SECONDS)
    assert begin(ALL_LANES, DueTimes()) is None
    watching = watcher(place, begin=begin)
    place.clock.pass_by(24 * HOUR)
    assert watching.step() == 0
    assert watching.facts()["lanes"] == []


def test_an_owner_that_has_no_time_to_greet_is_asked_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GREETING_SECONDS", 1.0)
    with tables_owned(place) as owner:
        owner.send_signal(signal.SIGSTOP)
        again = threading.Timer(2.5, owner.send_signal, args=(signal.SIGCONT,))
        again.start()
        assert begun(place, ALL_LANES, DueTimes()) == place.desk.ledger.progress()
        again.join()


def test_tables_that_are_not_of_this_ledger_are_left_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, ledger = DueTimes(), place.desk.ledger
    with tables_owned(place):
        monkeypatch.setattr(ledger, "progress_at", lambda *_: None)
        assert begun(place, ALL_LANES, due) == from_ledger(ledger, ALL_LANES)
    assert len(due) == 0
