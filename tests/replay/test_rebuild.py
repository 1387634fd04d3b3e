"""Rebuilding: a fresh file aside, an atomic switch, and the old file until then."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.eventlog.errors import ForeignFile, Unavailable
from deskledger.projections.digests import KEYS, digest
from deskledger.projections.errors import Astray, Outdated
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore
from deskledger.replay.rebuild import rebuild
from tests.projections.desks import new_desk, open_store
from tests.projections.reading import rows

TICKETS = 10


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", TICKETS) as made:
        yield made


def project(desk: Desk) -> None:
    with open_store(desk) as store:
        Projector(store, desk.ledger, desk.vault.data_keys, batch_records_max=5).catch_up()


def tampered(desk: Desk, statement: str) -> None:
    with duckdb.connect(str(desk.directory / NAME)) as connection:
        connection.execute(statement)


def files(desk: Desk) -> set[str]:
    return {path.name for path in desk.directory.iterdir() if "duckdb" in path.name}


def test_a_rebuilt_file_has_the_rows_of_the_live_one(desk: Desk, tmp_path: Path) -> None:
    project(desk)
    other = tmp_path / "other.duckdb"
    records = rebuild(other, desk.ledger, desk.vault.data_keys)
    assert records == sum(lane.records for lane in desk.ledger.progress())
    with open_store(desk) as live, ProjectionStore.open(other, desk.ledger.desk) as rebuilt:
        for table in KEYS:
            assert digest(live, table) == digest(rebuilt, table), table
        assert len(rows(rebuilt, "ticket")) == TICKETS


def test_a_rebuild_replaces_what_was_wrong_and_leaves_nothing_beside_it(desk: Desk) -> None:
    project(desk)
    tampered(desk, "UPDATE ticket SET status = 'new'")
    rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys)
    assert files(desk) == {NAME}
    with open_store(desk) as store:
        assert {row["status"] for row in rows(store, "ticket")} == {"open", "solved"}


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE file SET value = 'other' WHERE name = 'fingerprint'", Outdated),
        ("UPDATE progress SET records = records + 1", Astray),
    ],
)
def test_a_rebuild_is_the_way_out_where_the_file_cannot_go_on(
    desk: Desk, statement: str, error: type[Exception]
) -> None:
    project(desk)
    tampered(desk, statement)
    with pytest.raises(error, match="rebuild"):
        project(desk)
    rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys)
    project(desk)


def test_a_rebuild_that_fails_leaves_the_old_file(desk: Desk) -> None:
    project(desk)

    def locked(_ids: Collection[bytes]) -> Mapping[bytes, bytes]:
        raise Unavailable

    with pytest.raises(Unavailable):
        rebuild(desk.directory / NAME, desk.ledger, locked)
    with open_store(desk) as store:
        assert len(rows(store, "ticket")) == TICKETS
    rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys)
    assert files(desk) == {NAME}


def test_what_a_crash_left_aside_is_no_obstacle(desk: Desk) -> None:
    (desk.directory / f".{NAME}.rebuild").write_bytes(b"half a file" * 1_000)
    (desk.directory / f".{NAME}.rebuild.wal").write_bytes(b"half a log")
    rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys)
    assert files(desk) == {NAME}


def test_a_file_that_somebody_uses_is_not_replaced(desk: Desk) -> None:
    project(desk)
    with open_store(desk), pytest.raises(Unavailable):
        rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys, deadline_seconds=0.1)
    assert files(desk) == {NAME}


def test_another_programs_file_is_not_replaced(desk: Desk) -> None:
    (desk.directory / NAME).write_text("Dear diary\n" * 1_000)
    with pytest.raises(ForeignFile):
        rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys)
    assert (desk.directory / NAME).read_text() == "Dear diary\n" * 1_000
