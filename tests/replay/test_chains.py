"""Verifying a ledger: what the report says, in child processes, and beside a writer."""

from pathlib import Path
from unittest.mock import patch

import orjson
import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.eventlog.progress import Checkpoint
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.replay import chains
from deskledger.replay.chains import count_records, verify_chains
from tests.eventlog.build import DESK, Chain, ticket
from tests.replay.ledgers import appending, change, checkpoint_of, rows, write_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_ledger(tmp_path)


def test_child_processes_find_what_one_process_finds(path: Path) -> None:
    change(path, "UPDATE record SET sequence = sequence + 1 WHERE id = :id", id=1 << 40 | 7)
    alone, told = verify_chains(path), list[int]()
    with patch.object(chains, "RECORDS_ALONE_MAX", 0):
        shared = verify_chains(path, progress=told.append)
    assert shared == alone
    assert [difference.record for difference in shared.differences] == [7]
    assert sum(told) == count_records(path) == 51


@pytest.mark.parametrize("alone_max", [0, 1000])
def test_rules_of_a_newer_version_stop_the_verification(path: Path, alone_max: int) -> None:
    rules = orjson.dumps({"format": 1, "control": "rules", "desk": DESK, "lane": 1, "rules": 2})
    change(
        path,
        """
        INSERT INTO record (id, stream, verdict, sequence, lane_time, lane_hash, value)
        SELECT max(record.id) + 1, key, 'control', 0, 0, x'', :rules
        FROM record JOIN stream ON name = 'lane/1' WHERE id >> 40 = 1
        """,
        rules=rules,
    )
    with patch.object(chains, "RECORDS_ALONE_MAX", alone_max):
        with pytest.raises(NewerVersion) as stopped:
            verify_chains(path)
        assert stopped.value.facts == {"lane": 1, "rules": 2}


def test_progress_counts_every_record(path: Path) -> None:
    told: list[int] = []
    verify_chains(path, progress=told.append)
    assert sum(told) == count_records(path) == 51


def test_the_report_holds_the_ledgers_own_progress(path: Path) -> None:
    with EmbeddedLedger.open(path.parent) as ledger:
        assert list(verify_chains(path).lanes) == ledger.progress()


def test_a_ledger_may_grow_beyond_its_checkpoint(path: Path) -> None:
    kept = checkpoint_of(path)
    with EmbeddedLedger.open(path.parent) as ledger:
        ledger.append([Chain(ticket(50)).next()])
    report = verify_chains(path, against=kept)
    assert report.differences == ()
    assert report.against == kept


def test_a_checkpoint_may_hold_some_lanes_only(path: Path) -> None:
    kept = checkpoint_of(path)
    some = Checkpoint(kept.desk, kept.lanes[1:2])
    change(path, "DELETE FROM record WHERE id = (SELECT max(id) FROM record WHERE id >> 40 = 1)")
    (difference,) = verify_chains(path, against=some).differences
    assert (difference.lane, difference.what) == (1, "records")


def test_a_ledger_can_be_verified_while_others_append(path: Path) -> None:
    with appending(path):
        reports = [verify_chains(path) for _ in range(10)]
    assert [report.differences for report in reports] == [()] * 10
    assert verify_chains(path).records > 51


def test_verifying_writes_nothing(path: Path) -> None:
    before = rows(path, "SELECT * FROM record"), path.stat().st_mtime_ns
    verify_chains(path)
    assert (rows(path, "SELECT * FROM record"), path.stat().st_mtime_ns) == before


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        verify_chains(tmp_path / "ledger.sqlite")
    foreign = tmp_path / "foreign.sqlite"
    change(foreign, "CREATE TABLE record (id)")
    with pytest.raises(ForeignFile):
        verify_chains(foreign)
    foreign.write_bytes(b"no database" * 1000)
    with pytest.raises(ForeignFile):
        verify_chains(foreign)


def test_a_difference_reads_as_a_sentence(path: Path) -> None:
    change(path, "UPDATE record SET verdict = 'void:conflict' WHERE id = :id", id=1 << 40 | 9)
    (difference,) = verify_chains(path).differences
    assert str(difference) == (
        f"lane 1, record 9, stream {ticket(3)}: "
        "verdict should be void:duplicate_command, is void:conflict"
    )
