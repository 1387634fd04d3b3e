"""`status` tells which clocks wait for their time, and which of them nobody has recorded."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskledger.app.node.pulse import Pulse, running_nodes
from deskledger.eventlog.opening import utc_now
from tests.cli.runs import Shell
from tests.patience import PATIENCE_SECONDS, wait_until


def promised(shell: Shell, place: Path, within: str) -> None:
    """A desk that promises an answer, with a ticket that has none, and tables that know of it."""
    target = {"metric": "first_response", "within": within}
    policy = {"name": "all", "calendar": "always", "targets": [target]}
    file = place / "levels.json"
    file.write_text(json.dumps({"format": 1, "calendars": {}, "policies": [policy]}), "utf-8")
    shell.ok("policy", "publish", str(file))
    shell.ok("ticket", "open")
    shell.ok("queue")


def test_a_desk_without_promises_has_no_clocks_to_tell_of(shell: Shell) -> None:
    shell.ok("ticket", "open")
    shell.ok("queue")
    assert "clocks" not in shell.ok("status")
    assert shell.json("status")["clocks"] == {
        "waiting": 0,
        "late": 0,
        "next_at": None,
        "late_seconds": 0.0,
    }


def test_clocks_that_wait_are_told_with_the_time_of_the_next(shell: Shell, tmp_path: Path) -> None:
    promised(shell, tmp_path, "PT2H")
    told = shell.json("status")["clocks"]
    assert (told["waiting"], told["late"], told["late_seconds"]) == (1, 0, 0.0)
    assert told["next_at"] is not None
    assert "1 wait for their time, the next for" in shell.ok("status")
    assert "1 个在等待到期" in shell.ok("status", "--language", "zh")


def test_what_nobody_has_recorded_is_told_with_how_long_it_is_due(
    shell: Shell, tmp_path: Path
) -> None:
    promised(shell, tmp_path, "PT1S")
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    while not (told := shell.json("status")["clocks"])["late"] or told["late_seconds"] == 0:
        assert time.monotonic() < deadline_at
    assert (told["waiting"], told["late"]) == (1, 1)
    assert "1 of them are due and not recorded yet" in shell.ok("status")
    assert "1 个已到时但尚未记录" in shell.ok("status", "--language", "zh")


@contextmanager
def node_telling(shell: Shell, **facts: object) -> Iterator[None]:
    """A node of the desk in this process, whose watcher says how it stands."""
    pulse, stop = Pulse(shell.directory, utc_now), threading.Event()
    pulse.tell("watcher", lambda: facts)
    beating = threading.Thread(target=pulse.run, args=(stop,))
    beating.start()
    wait_until(lambda: bool(running_nodes(shell.directory)))
    try:
        yield
    finally:
        stop.set()
        beating.join()


def test_a_nodes_watcher_tells_what_waits_and_how_late_it_is(shell: Shell) -> None:
    at = "2026-03-02T09:00:00.000000Z"
    with node_telling(shell, lanes=[0], waiting=3, next_at=at, late_seconds=2.5):
        assert f"clocks: 3 wait, the next for {at}, 2.5 s late" in shell.ok("status")
        told = shell.ok("status", "--language", "zh")
        assert f"时限：3 个等待到期，下一个 {at}，迟 2.5 秒" in told
        (node,) = shell.json("status")["nodes"]
        assert node["watcher"]["late_seconds"] == 2.5
    with node_telling(shell, lanes=[0], waiting=0, next_at=None, late_seconds=0.0):
        assert "clocks: none waits" in shell.ok("status")
