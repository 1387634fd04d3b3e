"""Staging in processes of its own gives the tables of staging in one's own."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.app.reading import open_reading
from deskledger.consumers.projector import Projector
from deskledger.consumers.staging_processes import Opener, staged_aside
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.progress import Progress
from deskledger.projections.digests import KEYS, digest
from deskledger.projections.personal import DataKeys
from deskledger.projections.store import ProjectionStore
from tests.projections.desks import new_desk, open_store
from tests.projections.reading import rows

TICKETS = 30
PIECES = 3


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", TICKETS) as made:
        yield made


def write_aside(store: ProjectionStore, opener: Opener, ends: list[Progress]) -> None:
    begins = store.progress()
    nothing: frozenset[str] = frozenset()
    with staged_aside(opener, begins, ends, parked=nothing, batch_records_max=9) as pieces:
        for piece in pieces:
            store.write_as_they_come(chain([piece], islice(pieces, PIECES - 1)))


def test_what_other_processes_stage_gives_the_same_tables(desk: Desk, tmp_path: Path) -> None:
    opener = partial(open_reading, desk.directory)
    ends = desk.ledger.progress()
    with (
        open_store(desk) as store,
        ProjectionStore.open(tmp_path / "other.duckdb", desk.ledger.desk) as other,
    ):
        Projector(other, desk.ledger, desk.vault.data_keys).catch_up()
        half = [desk.ledger.progress_at(end.lane, max(1, end.records // 2)) for end in ends]
        write_aside(store, opener, [end for end in half if end is not None])
        write_aside(store, opener, ends)
        for table in KEYS:
            assert digest(store, table) == digest(other, table), table
        assert len(rows(store, "ticket")) == TICKETS


def test_a_long_way_is_applied_in_batches_of_several_pieces(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskledger.consumers.projector._RECORDS_ASIDE_MIN", 1)
    monkeypatch.setattr("deskledger.consumers.projector._PIECE_RECORDS", 9)
    monkeypatch.setattr("deskledger.consumers.projector.EVENTS_ASIDE_MAX", 40)
    told: list[int] = []
    with (
        open_store(desk) as store,
        ProjectionStore.open(tmp_path / "other.duckdb", desk.ledger.desk) as other,
    ):
        Projector(other, desk.ledger, desk.vault.data_keys).catch_up()
        projector = Projector(store, desk.ledger, desk.vault.data_keys)
        applied = projector.catch_up(told.append, opener=partial(open_reading, desk.directory))
        assert applied == sum(told) == sum(lane.records for lane in desk.ledger.progress())
        batches = [records for records in told if records]
        assert len(batches) > 1
        assert max(batches) > 9
        for table in KEYS:
            assert digest(store, table) == digest(other, table), table


@contextmanager
def killed(directory: Path) -> Iterator[tuple[FollowedLedger, DataKeys]]:
    with open_reading(directory) as opened:
        os.kill(os.getpid(), signal.SIGKILL)
        yield opened


def test_an_error_in_another_process_is_told_as_it_is(desk: Desk, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with open_store(desk) as store, pytest.raises(InvalidInput) as told:
        write_aside(store, partial(open_reading, missing), desk.ledger.progress())
    with pytest.raises(InvalidInput) as here, open_reading(missing):
        pass
    assert str(told.value) == str(here.value)
    assert told.value.facts == here.value.facts


def test_a_process_that_is_killed_leaves_the_tables_as_they_were(desk: Desk) -> None:
    with open_store(desk) as store:
        with pytest.raises(Unavailable, match="ended"):
            write_aside(store, partial(killed, desk.directory), desk.ledger.progress())
        assert store.progress() == []
