"""The projector: it goes on where the rows end, whatever stopped it."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.consumers.projector import (
    APART_SECONDS_MIN,
    PAUSE_SECONDS_MAX,
    Projector,
    pause_after,
)
from deskledger.projections.digests import KEYS, digest
from deskledger.projections.errors import Unfit
from deskledger.projections.file import NAME
from deskledger.projections.staging import Staged
from deskledger.projections.store import ProjectionStore
from deskledger.replay.tables import verify_tables
from tests.patience import PATIENCE_SECONDS, wait_until
from tests.projections.desks import new_desk, open_store, work
from tests.projections.reading import rows

TICKETS = 40
PROJECTING = """
    import sys
    from pathlib import Path
    from deskledger.app.desk import Desk
    from deskledger.consumers.projector import Projector
    from deskledger.projections.file import NAME
    from deskledger.projections.store import ProjectionStore
    directory = Path(sys.argv[1])
    with (
        Desk.open(directory) as desk,
        ProjectionStore.open(directory / NAME, desk.ledger.desk, deadline_seconds=120) as store,
    ):
        projector = Projector(store, desk.ledger, desk.vault.data_keys, batch_records_max=9)
        projector.catch_up(lambda records: print("applied", flush=True))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", TICKETS) as made:
        yield made


@given(took=st.floats(0, 10))
def test_batches_begin_apart_and_none_waits_for_long(took: float) -> None:
    pause = pause_after(took)
    assert 0 <= pause <= PAUSE_SECONDS_MAX
    assert took + pause >= APART_SECONDS_MIN - 1e-9


def test_a_catch_up_in_small_batches_gives_the_tables_of_one_in_a_large_one(
    desk: Desk, tmp_path: Path
) -> None:
    with (
        open_store(desk) as store,
        ProjectionStore.open(tmp_path / "other.duckdb", desk.ledger.desk) as other,
    ):
        projector = Projector(store, desk.ledger, desk.vault.data_keys, batch_records_max=7)
        records = sum(lane.records for lane in desk.ledger.progress())
        told: list[int] = []
        assert projector.catch_up(told.append) == records
        assert sum(told) == records
        assert projector.catch_up() == 0
        Projector(other, desk.ledger, desk.vault.data_keys).catch_up()
        for table in KEYS:
            assert digest(store, table) == digest(other, table), table
        assert len(rows(store, "ticket")) == TICKETS


def _refusing(store: ProjectionStore, number: int) -> Callable[..., None]:
    """What writes pieces, but for those with a row of one ticket: of those a value fits nowhere."""
    write = store.write

    def refuse(*pieces: Staged) -> None:
        for piece in pieces:
            if number in piece.relations["batch"].column("number").to_pylist():
                raise Unfit(reason="a value of this ticket")
        write(*pieces)

    return refuse


def test_what_is_set_aside_while_the_next_batch_is_staged_costs_no_other_record(
    desk: Desk, tmp_path: Path
) -> None:
    with (
        open_store(desk) as store,
        ProjectionStore.open(tmp_path / "other.duckdb", desk.ledger.desk) as other,
    ):
        for one, at_once in ((store, 7), (other, 100_000)):
            projector = Projector(one, desk.ledger, desk.vault.data_keys, batch_records_max=at_once)
            told: list[int] = []
            with patch.object(one, "write", _refusing(one, 2)):
                projector.catch_up(told.append)
            assert sum(told) == sum(lane.records for lane in desk.ledger.progress())
            assert len(one.parked) == 1
        for table in KEYS:
            assert digest(store, table) == digest(other, table), table
        assert len(rows(store, "ticket")) == TICKETS - 1
        assert len(rows(store, "quarantine")) == len(rows(other, "quarantine")) > 1


def test_following_brings_what_is_appended_until_it_is_stopped(desk: Desk) -> None:
    stop = threading.Event()
    with open_store(desk) as store:
        projector = Projector(store, desk.ledger, desk.vault.data_keys)
        follower = threading.Thread(target=projector.follow, args=(stop,))
        follower.start()
        try:
            work(desk, 5, begun=TICKETS)
            wait_until(lambda: len(rows(store, "ticket")) == TICKETS + 5)
        finally:
            stop.set()
            follower.join(PATIENCE_SECONDS)
        assert not follower.is_alive()


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_a_projector_killed_at_any_point_loses_nothing_and_doubles_nothing(
    desk: Desk, batches: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", textwrap.dedent(PROJECTING), str(desk.directory)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for _ in range(batches):
            assert child.stdout.readline() == "applied\n"
        time.sleep(0.02 * batches)
        os.kill(child.pid, signal.SIGKILL)
    with ProjectionStore.open(desk.directory / NAME, desk.ledger.desk) as store:
        projector = Projector(store, desk.ledger, desk.vault.data_keys)
        projector.catch_up()
        assert store.progress() == [at for at in desk.ledger.progress() if at.records]
        aside = tmp_path / "aside.duckdb"
        keys = desk.vault.data_keys
        assert not verify_tables(store, desk.ledger, keys, aside=aside).differences
