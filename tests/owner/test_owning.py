"""Owners come and go, by signals and by force: what they leave is found right by the next."""

import os
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.projections.file import NAME
from deskledger.projections.owner.client import find_owner
from deskledger.projections.owner.messages import directory_mark
from deskledger.projections.owner.place import NAME as SOCKET
from deskledger.projections.owner.place import PATH_BYTES_MAX, address_of
from deskledger.projections.queries import QueueFilter, queue_page, status_counts
from deskledger.projections.store import ProjectionStore
from deskledger.replay.tables import verify_tables
from tests.owner.running import asked, owner_process
from tests.patience import PATIENCE_SECONDS
from tests.projections.desks import new_desk, work

TICKETS = 20
# Applying is what happens between a transaction's begin and its end.
KILLED_WITHIN = """
import os, signal, sys, threading
from deskledger.app.cli import main
left = int(os.environ["LINES"])

def applying(frame, event, argument):
    return counted if frame.f_code.co_filename.endswith("projections/apply.py") else None

def counted(frame, event, argument):
    global left
    left -= event == "line"
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return counted

threading.settrace(applying)
main()
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", TICKETS) as made:
        yield made


def tickets(desk: Desk) -> int:
    """How many tickets the owner knows of, once it holds all of the ledger."""
    with asked(desk.directory, desk.ledger.desk, desk.ledger.progress()) as tables:
        counts = status_counts(tables)
    assert list(counts.progress) == desk.ledger.progress()
    return sum(counts.value.values())


def test_an_owner_says_who_it_is_answers_and_ends_when_it_is_asked_to(desk: Desk) -> None:
    for ending in (signal.SIGTERM, signal.SIGINT):
        with owner_process(desk.directory) as process:
            with asked(desk.directory, desk.ledger.desk) as tables:
                assert tables.owner.pid == process.pid
                assert tables.owner.directory == directory_mark(desk.directory)
            assert tickets(desk) == TICKETS
            process.send_signal(ending)
            assert process.wait(PATIENCE_SECONDS) == 0
        assert not (desk.directory / SOCKET).exists()
        with ProjectionStore.open(desk.directory / NAME, desk.ledger.desk) as store:
            assert list(store.progress()) == desk.ledger.progress()


def test_only_its_user_may_use_the_socket(desk: Desk) -> None:
    with owner_process(desk.directory), asked(desk.directory, desk.ledger.desk):
        found = (desk.directory / SOCKET).stat()
        assert stat.S_ISSOCK(found.st_mode)
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert found.st_uid == os.geteuid()


def test_whoever_asks_for_what_was_just_written_gets_it(desk: Desk) -> None:
    with owner_process(desk.directory):
        for more in range(3):
            work(desk, 2, begun=TICKETS + 2 * more)
            assert tickets(desk) == TICKETS + 2 * (more + 1)


def test_an_owner_that_does_not_come_so_far_answers_as_far_as_it_is(desk: Desk) -> None:
    with owner_process(desk.directory):
        assert tickets(desk) == TICKETS
        known = desk.ledger.progress()
        beyond = [replace(known[0], records=known[0].records + 9)]
        with asked(desk.directory, desk.ledger.desk, beyond, wait_seconds=0.3) as tables:
            assert list(status_counts(tables).progress) == known


def test_many_ask_at_once_while_the_tables_go_on(desk: Desk) -> None:
    failures: list[BaseException] = []

    def ask_again_and_again() -> None:
        try:
            with asked(desk.directory, desk.ledger.desk) as tables:
                seen = 0
                for _ in range(20):
                    page = queue_page(tables, QueueFilter(), size=100).value
                    assert page.total == len(page.entries) >= seen
                    seen = page.total
        except BaseException as error:  # noqa: BLE001 - it fails the test below
            failures.append(error)

    with owner_process(desk.directory):
        askers = [threading.Thread(target=ask_again_and_again) for _ in range(8)]
        for asker in askers:
            asker.start()
        for more in range(5):
            work(desk, 2, begun=TICKETS + 2 * more)
        for asker in askers:
            asker.join(PATIENCE_SECONDS)
        assert not failures
        assert tickets(desk) == TICKETS + 10


@pytest.mark.parametrize("lines", [1, 15, 40])
def test_an_owner_killed_within_a_transaction_leaves_nothing_wrong(
    desk: Desk, lines: int, tmp_path: Path
) -> None:
    with owner_process(desk.directory, KILLED_WITHIN, LINES=str(lines)) as process:
        work(desk, 5, begun=TICKETS)
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    with owner_process(desk.directory):
        assert tickets(desk) == TICKETS + 5
        with asked(desk.directory, desk.ledger.desk, desk.ledger.progress()) as tables:
            keys, aside = desk.vault.data_keys, tmp_path / "aside.duckdb"
            assert not verify_tables(tables, desk.ledger, keys, aside=aside).differences


def test_the_socket_of_a_killed_owner_is_nobodys_and_is_replaced(desk: Desk) -> None:
    with owner_process(desk.directory) as process:
        asked(desk.directory, desk.ledger.desk).__exit__()
        process.kill()
        process.wait()
    assert (desk.directory / SOCKET).is_socket()
    assert find_owner(desk.directory, desk.ledger.desk) is None
    with (
        owner_process(desk.directory) as successor,
        asked(desk.directory, desk.ledger.desk) as tables,
    ):
        assert tables.owner.pid == successor.pid


def test_a_second_owner_waits_says_for_whom_and_takes_over(desk: Desk) -> None:
    with owner_process(desk.directory) as first:
        first.told("projections_taken")
        with owner_process(desk.directory) as second:
            # Before the first one answers, the second only finds that the file is in use.
            named = f"Process {first.pid} owns the tables since "
            while named not in str(second.told("projections_awaited")["reason"]):
                pass
            assert tickets(desk) == TICKETS
            first.kill()
            second.told("projections_taken")
            assert tickets(desk) == TICKETS
            with asked(desk.directory, desk.ledger.desk) as tables:
                assert tables.owner.pid == second.pid


def test_an_owner_that_waits_ends_when_it_is_asked_to(desk: Desk) -> None:
    with owner_process(desk.directory) as first:
        first.told("projections_taken")
        with owner_process(desk.directory) as second:
            second.told("projections_awaited")
            second.terminate()
            assert second.wait(PATIENCE_SECONDS) == 0
        assert tickets(desk) == TICKETS


def test_where_the_path_is_too_long_the_socket_lies_in_a_private_directory(
    tmp_path: Path,
) -> None:
    deep = tmp_path / ("很长的目录" * 9)
    deep.mkdir()
    with (
        new_desk(deep / "desk", 3) as desk,
        tempfile.TemporaryDirectory(prefix="run", dir=tempfile.gettempdir()) as runtime,
    ):
        assert len(os.fsencode(desk.directory / SOCKET)) > PATH_BYTES_MAX
        for killed in (True, False):
            with owner_process(desk.directory, XDG_RUNTIME_DIR=runtime) as process:
                assert tickets(desk) == 3
                address = address_of(desk.directory)
                assert address is not None
                assert address.parent.parent == Path(runtime)
                assert (desk.directory / SOCKET).readlink() == address
                assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
                assert stat.S_IMODE(address.stat().st_mode) == 0o600
                process.send_signal(signal.SIGKILL if killed else signal.SIGTERM)
                process.wait(PATIENCE_SECONDS)
            # One that was killed leaves its directory; the next removes it.
            assert len(list(Path(runtime).iterdir())) == killed
        assert not (desk.directory / SOCKET).is_symlink()


def test_a_link_into_a_directory_that_others_may_enter_is_not_followed(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    (desk.directory / SOCKET).symlink_to(tmp_path / "open" / SOCKET)
    assert address_of(desk.directory) is None
    (tmp_path / "open").chmod(0o700)
    assert address_of(desk.directory) == tmp_path / "open" / SOCKET


def test_a_copy_of_a_desk_is_not_answered_from_the_original(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    with owner_process(desk.directory), asked(desk.directory, desk.ledger.desk):
        private = tmp_path / "private"
        private.mkdir(mode=0o700)
        (private / SOCKET).symlink_to(desk.directory / SOCKET)
        (copy / SOCKET).symlink_to(private / SOCKET)
        assert find_owner(copy, desk.ledger.desk) is None
