# ruff: noqa: SLF001 - faults are put into the ledger's own connection
"""What the embedded ledger says and keeps when the disk, the lock or the caller fails."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store import group_queue
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import Chain, commit, new_ledger, ticket
from tests.eventlog.child import read_chain, start
from tests.eventlog.failing_ledger import appending, failing, in_threads, sqlite_error
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[EmbeddedLedger]:
    new_ledger(tmp_path).close()
    with EmbeddedLedger.open(tmp_path, deadline_seconds=0.2) as opened:
        yield opened


@pytest.mark.parametrize("checkpoint_pages", [10, 20_000])
def test_a_full_disk_is_unavailable_stores_no_half_and_is_over_when_there_is_room(
    tmp_path: Path, checkpoint_pages: int
) -> None:
    new_ledger(tmp_path).close()
    child = start("fill", tmp_path, 300_000, checkpoint_pages)
    output, _ = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 0
    stored, full, more = output.splitlines()
    assert (full, more) == ("full", "3 more")
    with EmbeddedLedger.open(tmp_path) as ledger:
        assert read_chain(ledger, ticket(0)).version == int(stored.split()[0]) + 3


@pytest.mark.parametrize("alone", [True, False])
def test_a_database_that_may_not_grow_is_unavailable_and_works_again_when_it_may(
    ledger: EmbeddedLedger, *, alone: bool
) -> None:
    chain = Chain(ticket(0))
    ledger.append([chain.next()])
    if not alone:
        ledger._shared_until = float("inf")
    (pages,) = ledger._writer.execute("PRAGMA page_count").fetchone()
    ledger._writer.execute(f"PRAGMA max_page_count = {pages + 3}")
    drafts = [[chain.next()] for _ in range(100)]
    with pytest.raises(Unavailable, match="disk is full"):
        deque(map(ledger.append, drafts))
    ledger._writer.execute("PRAGMA max_page_count = 1000000")
    chain = read_chain(ledger, ticket(0))
    assert ledger.append([chain.next()])[0].effective


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("alone", [True, False])
def test_a_failed_sync_is_an_unknown_outcome_that_a_later_look_settles(
    ledger: EmbeddedLedger, *, stored: bool, alone: bool
) -> None:
    chain = Chain(ticket(0))
    ledger.append([chain.next()])
    if not alone:
        ledger._shared_until = float("inf")
    command = "00000000-0000-4000-8000-000000000077"
    draft = chain.next(command)
    repair = failing(ledger, sqlite_error(sqlite3.SQLITE_IOERR_FSYNC), after=stored)
    with pytest.raises(OutcomeUnknown, match="same key"):
        ledger.append([draft])
    repair()
    assert (ledger.find_command(ticket(0), command) is not None) == stored
    expected = "void:duplicate_command" if stored else "effective"
    assert ledger.append([draft])[0].text == expected


def test_everyone_in_a_group_hears_of_its_failure_and_can_write_again(
    ledger: EmbeddedLedger,
) -> None:
    chains = [Chain(ticket(number)) for number in range(8)]
    ledger.append([Chain(ticket(100)).next()])
    repair = failing(ledger, sqlite_error(sqlite3.SQLITE_FULL), after=False)
    drafts = [chain.next() for chain in chains]
    results = in_threads(appending(ledger, drafts))
    assert all(isinstance(result, Unavailable) for result in results)
    repair()
    assert all(receipt.effective for receipt in ledger.append(drafts))


def test_an_interrupted_leader_leaves_nobody_waiting_and_stores_nothing(
    ledger: EmbeddedLedger,
) -> None:
    ledger.append([Chain(ticket(100)).next()])
    ledger._shared_until = float("inf")
    repair = failing(ledger, KeyboardInterrupt(), after=False)
    drafts = [Chain(ticket(number)).next() for number in range(8)]
    results = in_threads(appending(ledger, drafts))
    kinds = {type(result) for result in results}
    assert KeyboardInterrupt in kinds
    assert kinds <= {KeyboardInterrupt, OutcomeUnknown}
    repair()
    assert all(receipt.effective for receipt in ledger.append(drafts))


@pytest.mark.parametrize("waits", ["yes", "no"])
def test_an_interrupted_caller_stores_nothing_and_holds_nobody_up(
    tmp_path: Path, waits: str
) -> None:
    new_ledger(tmp_path).close()
    output, _ = start("interrupt", tmp_path, waits).communicate(timeout=PATIENCE_SECONDS)
    assert output == "[0, 1] True\n"


def test_a_lock_held_beyond_the_deadline_is_unavailable_for_all_who_wait(
    ledger: EmbeddedLedger, tmp_path: Path
) -> None:
    ledger.append([Chain(ticket(100)).next()])
    other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    drafts = [Chain(ticket(number)).next() for number in range(6)]
    began_at = time.monotonic()
    results = in_threads(appending(ledger, drafts))
    assert all(isinstance(result, Unavailable) for result in results)
    assert time.monotonic() - began_at >= 0.2
    assert ledger.history(ticket(0)) == []
    other.execute("ROLLBACK")
    other.close()
    assert all(receipt.effective for receipt in ledger.append(drafts))


def test_a_short_lock_of_another_process_is_waited_out(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    with EmbeddedLedger.open(tmp_path, deadline_seconds=PATIENCE_SECONDS) as ledger:
        ledger.append([Chain(ticket(100)).next()])
        other = sqlite3.connect(
            tmp_path / "ledger.sqlite", isolation_level=None, check_same_thread=False
        )
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.1, other.execute, ["COMMIT"])
        timer.start()
        assert ledger.append([Chain(ticket(0)).next()])[0].effective
        timer.join()
        other.close()


def test_callers_beyond_the_bound_are_turned_away_at_once(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    # So long that all have come before the first goes.
    with EmbeddedLedger.open(tmp_path, deadline_seconds=3) as ledger:
        ledger.append([Chain(ticket(100)).next()])
        other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        drafts = [Chain(ticket(number)).next() for number in range(6)]
        with patch.object(group_queue, "CALLERS_MAX", 2):
            results = in_threads(appending(ledger, drafts))
        other.close()
    assert any("Too many" in str(result) for result in results)
    assert all(isinstance(result, Unavailable) for result in results)


def test_closing_serves_those_who_wait_and_turns_away_those_who_come(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    drafts = [Chain(ticket(number)).next() for number in range(6)]
    results = in_threads([*appending(ledger, drafts), ledger.close])
    with pytest.raises(Unavailable, match="closed"):
        ledger.append(drafts[:1])
    with pytest.raises(Unavailable, match="closed"):
        ledger.history(ticket(0))
    with EmbeddedLedger.open(tmp_path) as again:
        for number, result in enumerate(results[:-1]):
            assert bool(again.history(ticket(number))) == isinstance(result, list)


def test_a_draft_under_a_name_that_is_no_stream_stores_nothing_of_its_list(
    ledger: EmbeddedLedger,
) -> None:
    good = Chain(ticket(0)).next()
    for name in ("Ticket/1", "ticket/1/2/3", "lane/0", "x" * 201, ""):
        with pytest.raises(InvalidInput):
            ledger.append([good, Draft(name, commit("ticket/1"))])
    assert ledger.history(ticket(0)) == []
    assert ledger.append([]) == []
