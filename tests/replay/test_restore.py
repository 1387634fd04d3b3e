"""Laws of restoring: whatever lanes hold, the new desk has the same bytes and says the same."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import KeysMissing, LedgerSealed
from deskledger.eventlog.kafka.moving import move_to_kafka
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.store.seal import held
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.forms import Form
from deskledger.replay.export.lane_files import export_lanes
from deskledger.replay.restore import restoring
from deskledger.replay.restore.restoring import find_export, restore_desk
from tests.eventlog.build import DESK, Chain, new_ledger, ticket
from tests.eventlog.test_embedded_laws import drafts_of, plans
from tests.replay.exports import Logged, exported, write_replica
from tests.replay.ledgers import found_by_script, rows, write_ledger
from tests.replay.logs import logged_lanes

often = settings(max_examples=20, deadline=None)
forms = st.sampled_from(list(Form))

# All that stands in a ledger's file; keys of streams are its own affair.
RECORDS = """
SELECT record.id, stream.name, stream.noun, stream.number, command, verdict, version, sequence,
  lane_time, lane_hash, value
FROM record LEFT JOIN stream ON stream.key = record.stream
ORDER BY record.id
"""


def restored(source: Path, directory: Path) -> Path:
    restore_desk(find_export(source), directory)
    return directory / "ledger.sqlite"


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def made_again(path: Path, form: Form) -> Path:
    """The ledger that is restored from the export of another."""
    export_lanes(path, path.parent / f"{form}", lambda _: None, form=form)
    return restored(path.parent / f"{form}", path.parent / f"desk-{form}")


@often
@given(plan=plans, form=forms)
def test_any_ledger_is_made_again_to_the_last_column(
    tmp_path_factory: pytest.TempPathFactory, plan: Sequence[tuple[int, str, int]], form: Form
) -> None:
    directory = tmp_path_factory.mktemp("desk")
    with new_ledger(directory) as ledger:
        ledger.append(drafts_of(plan))
    path = directory / "ledger.sqlite"
    made = made_again(path, form)
    assert rows(made, RECORDS) == rows(path, RECORDS)
    assert verify_chains(made) == verify_chains(path)
    assert verify_chains(made).differences == ()


@often
@given(lanes=logged_lanes(), form=forms)
def test_any_log_is_made_again_as_an_embedded_ledger(
    tmp_path_factory: pytest.TempPathFactory, lanes: dict[int, list[Logged]], form: Form
) -> None:
    path = write_replica(tmp_path_factory.mktemp("node"), lanes)
    made = made_again(path, form)
    assert rows(made, RECORDS) == rows(path, RECORDS)
    report = verify_chains(made)
    assert (report.differences, report.lanes) == ((), verify_chains(path).lanes)
    assert found_by_script(made) == []
    assert files(exported(made)) == files(exported(path))


@pytest.mark.parametrize("form", list(Form))
def test_the_export_of_a_restored_desk_is_the_same_file_by_file(tmp_path: Path, form: Form) -> None:
    made = made_again(write_ledger(tmp_path), form)
    export_lanes(made, made.parent / "again", lambda _: None, form=form)
    assert files(made.parent / "again") == files(tmp_path / form)


def test_both_forms_hold_the_same_desk(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    (tmp_path / "jsonl").mkdir()
    ledgers = [made_again(path, form) for form in Form]
    assert rows(ledgers[0], RECORDS) == rows(ledgers[1], RECORDS)


def test_child_processes_make_what_one_process_makes(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    export_lanes(path, tmp_path / "lanes", lambda _: None, processes=2)
    told: list[int] = []
    with patch.object(restoring, "RECORDS_ALONE_MAX", 0):
        restore_desk(find_export(tmp_path / "lanes"), tmp_path / "desk", tell=told.append)
    assert rows(tmp_path / "desk" / "ledger.sqlite", RECORDS) == rows(path, RECORDS)
    assert sum(told) == len(rows(path, RECORDS))
    assert found_by_script(tmp_path / "desk" / "ledger.sqlite") == []


def test_a_sealed_ledger_stays_sealed(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    with held(tmp_path, DESK, 3) as holding:
        holding.seal()
    made = restored(exported(path), tmp_path / "desk")
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("DELETE FROM meta WHERE name = 'without_keys'")
        connection.commit()
    with EmbeddedLedger.open(made.parent) as ledger, pytest.raises(LedgerSealed):
        ledger.append([Chain(ticket(50)).next()])


def test_a_desk_without_its_keys_is_read_and_not_written(tmp_path: Path) -> None:
    made = restored(exported(write_ledger(tmp_path)), tmp_path / "desk")
    with EmbeddedLedger.open(made.parent) as ledger:
        assert ledger.history(ticket(1))
        with pytest.raises(KeysMissing, match="restore it with them"):
            ledger.append([Chain(ticket(50)).next()])
    assert verify_chains(made).differences == ()
    with pytest.raises(KeysMissing):
        move_to_kafka(made.parent, KafkaSettings(("127.0.0.1:1",)), "copy")


def test_the_indexes_are_those_of_any_ledger(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    made = restored(exported(path), tmp_path / "desk")

    def schema(file: Path) -> list[dict[str, Any]]:
        return rows(file, "SELECT type, name, sql FROM sqlite_schema ORDER BY name")

    assert schema(made) == schema(path)
    assert rows(made, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_nothing_is_restored_over_what_lies_there(tmp_path: Path) -> None:
    source = exported(write_ledger(tmp_path))
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "file").touch()
    with pytest.raises(InvalidInput, match="not empty"):
        restored(source, tmp_path / "desk")
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["file"]
    (tmp_path / "desk" / "file").unlink()
    restored(source, tmp_path / "desk")
    assert not list(tmp_path.glob(".desk*"))
