"""Several processes on one ledger: nothing that was acknowledged is lost or doubled."""

import random
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import DESK, Chain, Fold, new_ledger, ticket
from tests.eventlog.child import start
from tests.patience import PATIENCE_SECONDS

STREAMS = 2


def acknowledged(output: Iterable[str]) -> dict[tuple[str, str], int]:
    """Version by stream and command, from what a hammering process printed."""
    lines = (line.split() for line in output if line.endswith("\n"))
    return {(stream, command): int(version) for stream, command, version in lines}


def check(ledger: EmbeddedLedger, known: dict[tuple[str, str], int]) -> None:
    """Every acknowledged command stands there once, under its version; versions have no gaps."""
    found: Counter[tuple[str, str]] = Counter()
    for stream in map(ticket, range(STREAMS)):
        commits = [read_commit(record.value) for record in ledger.history(stream)]
        assert [commit.version for commit in commits] == list(range(1, len(commits) + 1))
        for commit in commits:
            place = (stream, commit.envelope.command_id)
            found[place] += 1
            assert known.get(place, commit.version) == commit.version
    assert set(known) <= set(found)
    assert set(found.values()) <= {1}


def check_chains(ledger: EmbeddedLedger) -> None:
    """The whole ledger is what the judge makes of its records in order."""
    fold = Fold()
    for lane in range(ledger.lanes):
        for record in ledger.read(lane, 1, 1_000_000):
            assert fold.add(record) == record.verdict  # type: ignore[arg-type]
            assert fold.lanes[lane].hash == record.lane_hash


def test_commands_of_processes_and_threads_on_one_stream_stand_there_exactly_once(
    tmp_path: Path,
) -> None:
    with new_ledger(tmp_path) as ledger:
        children = [start("hammer", tmp_path, STREAMS, 4, 15) for _ in range(3)]
        known: dict[tuple[str, str], int] = {}
        for child in children:
            output, _ = child.communicate(timeout=PATIENCE_SECONDS)
            assert child.returncode == 0
            known |= acknowledged(output.splitlines(keepends=True))
        assert len(known) == 3 * 4 * 15
        check(ledger, known)
        check_chains(ledger)


def test_a_killed_writer_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random()  # noqa: S311 - when to kill
    new_ledger(tmp_path).close()
    known: dict[tuple[str, str], int] = {}
    for _ in range(4):
        children = [start("hammer", tmp_path, STREAMS, 2, 10_000) for _ in range(2)]
        for child in children:
            assert child.stdout is not None
            known |= acknowledged([child.stdout.readline()])
        time.sleep(chance.uniform(0, 0.3))
        for child in children:
            with child:
                child.kill()
                assert child.stdout is not None
                # Not by `communicate`, which forgets what `readline` has read ahead.
                known |= acknowledged(child.stdout.read().splitlines(keepends=True))
        with EmbeddedLedger.open(tmp_path) as ledger:
            check(ledger, known)
    with EmbeddedLedger.open(tmp_path) as ledger:
        check_chains(ledger)
        assert ledger.append([Chain(ticket(99)).next()])[0].effective


def test_a_follower_in_another_process_sees_every_record_once_and_in_order(
    tmp_path: Path,
) -> None:
    with new_ledger(tmp_path) as ledger:
        follower = Follower(ledger, batch_size_max=7)
        seen: dict[int, list[StoredRecord]] = {lane: [] for lane in range(ledger.lanes)}
        child = start("hammer", tmp_path, STREAMS, 2, 20)
        effective = 0
        deadline_at = time.monotonic() + PATIENCE_SECONDS
        while effective < 2 * 20 and time.monotonic() < deadline_at:
            for record in follower.batch(timeout_seconds=1):
                seen[record.lane].append(record)
                effective += record.verdict == "effective"
        child.communicate(timeout=PATIENCE_SECONDS)
        for lane, records in seen.items():
            assert records == ledger.read(lane, 0, 1_000)


def test_a_killed_creation_leaves_no_desk_or_a_whole_one(tmp_path: Path) -> None:
    chance = random.Random()  # noqa: S311 - when to kill
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        child = start("create", tmp_path / str(number))
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        child.kill()
        child.communicate()
        for directory in (tmp_path / str(number)).iterdir():
            # The last one may have been in the making; the call that was cut off can be repeated.
            with suppress(InvalidInput):
                EmbeddedLedger.create(directory, desk=DESK)
            with EmbeddedLedger.open(directory) as ledger:
                assert [lane.records for lane in ledger.progress()] == [1] * 12
