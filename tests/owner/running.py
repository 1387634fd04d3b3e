"""Owners of tables as processes of their own, and desks for them."""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.projections.file import NAME
from deskledger.projections.owner.client import OwnedTables, find_owner
from deskledger.projections.store import ProjectionStore
from tests.logged_process import LoggedProcess
from tests.patience import PATIENCE_SECONDS
from tests.projections.desks import new_desk

PROGRAM = "from deskledger.app.cli import main; main()"


def owner_process(directory: Path, program: str = PROGRAM, **environment: str) -> LoggedProcess:
    """A process that is to own the tables of a desk; killed in the end if it still runs.

    Args:
        directory: the desk's.
        program: what Python runs.
        environment: what is set beside what is.
    """
    command = [sys.executable, "-c", program, "--desk", str(directory), "--json", "project"]
    return LoggedProcess(command, os.environ | environment)


def asked(
    directory: Path,
    desk: str,
    goal: Sequence[Progress] = (),
    wait_seconds: float = PATIENCE_SECONDS,
) -> OwnedTables:
    """A conversation with the owner, as soon as there is one."""
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline_at:
        # One that has much to do may take long to greet.
        with suppress(Unavailable):
            found = find_owner(directory, desk, goal=goal, wait_seconds=wait_seconds)
            if found is not None:
                return found
        time.sleep(0.05)
    raise AssertionError("nobody owns the tables")


def projected_desk(directory: Path, tickets: int) -> Desk:
    """An open desk with tables that hold all of its ledger."""
    desk = new_desk(directory, tickets)
    with ProjectionStore.open(directory / NAME, desk.ledger.desk) as store:
        Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
    return desk


def copied_tables(desk: Desk, path: Path) -> ProjectionStore:
    """An equal store, of a copy of the file; nobody may have that open."""
    shutil.copyfile(desk.directory / NAME, path)
    return ProjectionStore.open(path, desk.ledger.desk)
