"""A restored desk is whole or not there, whatever ends the process that makes it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.replay.aside import made_aside
from deskledger.replay.restore.restoring import find_export, restore_desk
from tests.eventlog.build import Chain, new_ledger, ticket
from tests.replay.exports import exported
from tests.replay.ledgers import write_ledger

CHILD = """
import resource, sys
from pathlib import Path
from deskledger.replay.restore import restoring
from deskledger.replay.restore.restoring import find_export, restore_desk
if len(sys.argv) > 3:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
def tell(records):
    print(records, flush=True)
    if len(sys.argv) == 3:
        sys.stdin.read()
restore_desk(find_export(Path(sys.argv[1])), Path(sys.argv[2]), tell=tell)
"""


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with new_ledger(tmp_path, lanes=3) as ledger:
        long = Chain(ticket(3))
        ledger.append([long.next(events=40) for _ in range(20)])
    source = exported(tmp_path / "ledger.sqlite")
    arguments = [str(source), str(tmp_path / "desk"), "60000"]
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, check=False
    )
    assert "Unavailable" in done.stderr, done.stderr
    assert not (tmp_path / "desk").exists()
    assert not list(tmp_path.glob(".desk*"))


def test_a_kill_in_the_middle_leaves_no_desk_and_the_next_one_clears_what_there_was(
    tmp_path: Path,
) -> None:
    source, desk = exported(write_ledger(tmp_path)), tmp_path / "desk"
    command = [sys.executable, "-c", CHILD, str(source), str(desk)]
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline()
        # It lives, so nobody else may begin.
        with pytest.raises(Unavailable, match="Another process"):
            restore_desk(find_export(source), desk)
        os.kill(child.pid, signal.SIGKILL)
    assert not desk.exists()
    assert (tmp_path / ".desk.filling" / "ledger.sqlite").exists()
    restore_desk(find_export(source), desk)
    assert sorted(path.name for path in tmp_path.glob("*desk*")) == ["desk"]


def test_a_place_that_was_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    desk = tmp_path / "desk"

    def put_there(aside: Path) -> None:
        (aside / "file").touch()
        desk.mkdir()
        (desk / "other").touch()

    with pytest.raises(InvalidInput, match="not empty"), made_aside(desk) as aside:
        put_there(aside)
    assert [path.name for path in desk.iterdir()] == ["other"]
    assert not list(tmp_path.glob(".desk*"))
