"""A node as its own process: it wakes tickets, survives a kill, and ends when it is asked to."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.app.node.processes import LEASE
from deskledger.app.node.pulse import Pulse, running_nodes
from deskledger.app.node.roles import run_roles
from deskledger.consumers.processes.lease import FileLease, lease_holder
from deskledger.domain.ticket.commands import OpenTicket
from tests.logged_process import LoggedProcess
from tests.patience import PATIENCE_SECONDS, wait_until
from tests.processes.build import Place, new_place
from tests.processes.clocked import passed, publish

# While the owner of the tables is about to begin, nobody can read them.
UNAVAILABLE = 3
NODE = "from deskledger.app.cli import main; main()"


def node(place: Place, *roles: str) -> LoggedProcess:
    """A running node."""
    command = [sys.executable, "-c", NODE, "--desk", str(place.desk.directory), "--json", "node"]
    return LoggedProcess([*command, *(word for role in roles for word in ("--role", role))])


def wait_until_woken(place: Place, tickets: list[str]) -> None:
    wait_until(lambda: all(place.wakings(ticket) for ticket in tickets))


def _applied(place: Place) -> int:
    """How many tickets the nodes of a desk say that they have woken."""
    return sum(
        node.get("waker", {}).get("applied", 0) for node in running_nodes(place.desk.directory)
    )


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk", clock=now) as made:
        clock = made.clock
    # A node whose disk is slow may have the lock for longer than a writer waits by itself.
    with Desk.open(tmp_path / "desk", clock=now, wait_seconds=PATIENCE_SECONDS) as desk:
        yield Place(desk, clock)


def queued(place: Place) -> list[str]:
    """The statuses of the tickets in the queue, as another process is told; none as yet."""
    asked = ["--desk", str(place.desk.directory), "--json", "queue"]
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-c", NODE, *asked], capture_output=True, check=False, text=True
    )
    if answer.returncode == UNAVAILABLE:
        return []
    assert answer.returncode == 0, answer.stderr
    return [entry["status"] for entry in json.loads(answer.stdout)["entries"]]


def test_a_node_wakes_tickets_and_ends_quietly_when_asked_to(place: Place) -> None:
    tickets = [place.snoozed(1.5) for _ in range(3)]
    with node(place, "processes") as process:
        wait_until_woken(place, tickets)
        assert lease_holder(place.desk.directory, LEASE) == process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert [place.wakings(ticket) for ticket in tickets] == [1, 1, 1]
    assert lease_holder(place.desk.directory, LEASE) is None


def test_what_a_killed_node_left_is_done_once_by_the_next(place: Place) -> None:
    tickets = [place.snoozed(1.0 + 0.1 * number) for number in range(12)]
    with node(place, "processes") as killed:
        wait_until_woken(place, tickets[:4])
        killed.kill()
        killed.wait()
    with node(place, "processes"):
        wait_until_woken(place, tickets)
    assert [place.wakings(ticket) for ticket in tickets] == [1] * 12


def test_of_two_nodes_one_holds_the_lease_and_the_other_takes_over(place: Place) -> None:
    with node(place, "processes") as first:
        first.told("lanes_held")
        with node(place, "processes") as second:
            second.told("role_began")
            assert lease_holder(place.desk.directory, LEASE) == first.pid
            first.kill()
            ticket = place.snoozed(0.5)
            wait_until_woken(place, [ticket])
            assert lease_holder(place.desk.directory, LEASE) == second.pid


def test_a_node_of_an_embedded_desk_has_its_roles_and_keeps_the_tables(place: Place) -> None:
    ticket = place.snoozed(0.5)
    with node(place) as process:
        process.began("project", "processes", "waker")
        wait_until_woken(place, [ticket])
        wait_until(lambda: queued(place) == ["open"])
        wait_until(lambda: _applied(place) == 1)
        (running,) = running_nodes(place.desk.directory)
        assert running["pid"] == process.pid
        assert running["commands"]["done"] >= 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_marks_and_breaches_are_recorded_by_nodes_alone_and_once_however_they_are_killed(
    place: Place,
) -> None:
    marks = [{"name": "soon", "offset": "-PT1S"}, {"name": "later", "offset": "PT2S"}]
    publish(place, {"metric": "first_response", "within": "PT2S", "marks": marks})
    tickets = [place.ask(None, OpenTicket(channel="email")).stream for _ in range(4)]
    with node(place, "processes") as killed:
        wait_until(lambda: all(passed(place, ticket) for ticket in tickets))
        killed.kill()
        killed.wait()
    tickets.append(place.ask(None, OpenTicket(channel="email")).stream)
    with node(place) as process:
        wait_until(lambda: all(len(passed(place, ticket)) == 3 for ticket in tickets))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    for ticket in tickets:
        assert [one.mark for one in passed(place, ticket)] == ["soon", None, "later"]


def test_a_lease_is_held_by_one_and_names_its_holder(tmp_path: Path) -> None:
    assert lease_holder(tmp_path, "waker") is None
    with (
        FileLease(tmp_path, "waker", range(3)) as first,
        FileLease(tmp_path, "waker", range(3)) as other,
    ):
        assert first.lanes() == {0, 1, 2}
        assert other.lanes() == frozenset()
        assert lease_holder(tmp_path, "waker") is not None
    assert lease_holder(tmp_path, "waker") is None


def test_of_a_dead_node_nothing_is_told(tmp_path: Path) -> None:
    pulse, stop = Pulse(tmp_path, now), threading.Event()
    pulse.tell("work", lambda: {"done": 3})
    beating = threading.Thread(target=pulse.run, args=(stop,))
    beating.start()
    wait_until(lambda: bool(running_nodes(tmp_path)))
    told_now = running_nodes(tmp_path)
    assert told_now[0]["work"] == {"done": 3}
    file = tmp_path / "nodes" / f"{told_now[0]['pid']}.json"
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    left = json.loads(file.read_text("utf-8")) | {"pid": dead.pid}
    file.with_name("dead.json").write_text(json.dumps(left), "utf-8")
    assert [one["pid"] for one in running_nodes(tmp_path)] == [told_now[0]["pid"]]
    stop.set()
    beating.join()
    assert not file.exists()


def test_a_part_may_begin_while_the_pulse_is_written(tmp_path: Path) -> None:
    pulse, stop = Pulse(tmp_path, now), threading.Event()

    def facts() -> dict[str, int]:
        pulse.tell("later", lambda: {"done": 1})
        return {"done": 3}

    pulse.tell("work", facts)
    beating = threading.Thread(target=pulse.run, args=(stop,))
    beating.start()
    wait_until(lambda: "later" in json.dumps(running_nodes(tmp_path)))
    stop.set()
    beating.join()


def test_the_first_role_that_fails_ends_the_others() -> None:
    ended = threading.Event()

    def works(stop: threading.Event) -> None:
        stop.wait(PATIENCE_SECONDS)
        ended.set()

    def fails(_stop: threading.Event) -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        run_roles({"works": works, "fails": fails}, threading.Event())
    assert ended.is_set()
