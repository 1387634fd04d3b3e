"""A desk on real brokers at work, to which something happens."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.publisher.feed_topic import make_feed_topic
from deskledger.domain.commands import Command
from deskledger.eventlog.kafka.ledger import KafkaLedger, utc_now
from deskledger.eventlog.kafka.losses import find_losses
from deskledger.eventlog.kafka.recovery import adopt, append_again
from deskledger.eventlog.lane import CONTROL, EFFECTIVE
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.file import NAME
from tests.kafka.brokers import Cluster
from tests.kafka.faults.asking import ask, opened_tickets
from tests.kafka.faults.child import Child
from tests.kafka.faults.clients import PACE_SECONDS, UNSETTLED, Clients, Notes
from tests.kafka.faults.followers import Followers
from tests.kafka.feed.reading import feed_records, feed_settings
from tests.kafka.history import Attempt, Outcome, read_history
from tests.kafka.ledger.nodes import LANES, PROMPT, settings_of
from tests.kafka.log_checks import Lanes, commits
from tests.kafka.node import Guard
from tests.kafka.topics import wait_until

TICKETS = 50
SEND_SECONDS = 10.0


class Scene:
    """Two nodes of one desk, with fifty tickets; the first has tables and a feed.

    Attributes:
        cluster: the brokers.
        name: what the topics' names begin with.
        directory: where the nodes' directories lie, and what the clients wrote down.
        seed: what everything random follows from.
        random: for the choices of a test.
        desk: the first node.
        nodes: all nodes whose replicas are compared in the end, by name.
        tickets: the streams that clients work on.
        foreign: ids of fitting commands from others than the clients.
        earlier: what nodes held at some time, by a name for it.
        followers: the tables and the feed.
        log_changed: whether the log no longer holds what the nodes have read: they then stand for
            it, and nothing can be settled.
        recovered_seconds: how long it took until commands were acknowledged again in every lane.
    """

    def __init__(
        self, cluster: Cluster, directory: Path, name: str, seed: int, *, bootstrap: str
    ) -> None:
        self.cluster = cluster
        self.name = name
        self.directory = directory
        self.seed = seed
        self.random = Random(seed)  # noqa: S311 - no secret
        self.log_changed = False
        self.recovered_seconds: float | None = None
        self._settings = settings_of(bootstrap, PROMPT)
        self._notes = Notes(directory / "clients.jsonl")
        self.earlier: dict[str, Lanes] = {}
        self._clients: list[Clients] = []
        self._guard = Guard()
        new = NewDesk(zone="UTC", kafka=name)
        # A heartbeat says up to which lane hash a lane was published: of a log that is changed
        # later, no feed could go on behind it.
        never = {"heartbeat_seconds": 3600.0, "send_seconds": SEND_SECONDS}
        self._feed = feed_settings(cluster, name, kafka=self._settings, **never)
        self._running = ExitStack()
        # Before anything happens, brokers have the time that they need.
        self._patient = settings_of(bootstrap)
        with Desk.create(directory / "first", new, kafka=self._patient) as desk:
            self.tickets = opened_tickets(desk, TICKETS)
        self._run(Desk.open(directory / "first", kafka=self._settings), "second")
        # Until it has read of them, the other node says that there are no such tickets.
        wait_refreshed(*self.nodes.values())
        self.foreign = frozenset(commit.command for commit in commits(records_of(self.desk)))

    def _run(self, desk: Desk, second: str) -> None:
        """Runs the two nodes, and what follows the first."""
        self.desk = self._running.enter_context(desk)
        self.nodes = {"first": desk, second: self._running.enter_context(self.node(second))}
        make_feed_topic(self._feed, LANES, len(self.cluster.nodes))
        self.followers = self._running.enter_context(Followers(desk, self._feed))

    def prepare(self, name: str) -> Path:
        """The directory of one more node: a copy of the two small files of the first."""
        directory = self.directory / name
        directory.mkdir()
        for file in ("kafka.json", "desk.key"):
            (directory / file).write_bytes((self.directory / "first" / file).read_bytes())
        (directory / "desk.key").chmod(0o600)
        return directory

    def node(self, name: str, **options: Any) -> Desk:
        """One more node, which reads the log from its first record."""
        return Desk.open(self.prepare(name), kafka=self._settings, **options)

    def clients(
        self, desk: Desk | None = None, threads: int = 4, pace_seconds: float = PACE_SECONDS
    ) -> Clients:
        """Clients that work until the scene is judged, unless they are stopped before."""
        seed = self.random.getrandbits(32)
        node = desk or self.desk
        clients = Clients(node, self._notes, self.tickets, seed, threads, pace_seconds)
        self._running.callback(clients.stop)
        self._clients.append(clients)
        return clients

    def child(
        self,
        name: str,
        *,
        threads: int = 4,
        pace_seconds: float = PACE_SECONDS,
        die: tuple[str, int] | None = None,
    ) -> Child:
        """Clients at a node of their own, in a process; `die` is a point and a number of calls."""
        tickets = self.directory / "tickets.json"
        tickets.write_text(json.dumps(self.tickets), encoding="utf-8")
        notes, seed = self.directory / f"{name}.jsonl", self.random.getrandbits(32)
        arguments = (notes, tickets, seed, threads, pace_seconds, *(die or ()))
        child = Child(self._guard, "work", self.prepare(name), *arguments)
        child.wait_ready()
        return child

    def lame(self, task: str, directory: Path, *arguments: object) -> Child:
        """A node in a process that does one thing, and dies: at a point, after so many calls."""
        return Child(self._guard, task, directory, *arguments)

    def reopen(self, name: str) -> Desk:
        """A node of a directory that was in use before; it must hold in the end what others do."""
        desk = self._running.enter_context(Desk.open(self.directory / name, kafka=self._settings))
        self.nodes[name] = desk
        return desk

    def remember(self, name: str) -> None:
        """Keeps what the second node holds now: it must hold for ever."""
        self.earlier[name] = records_of(self.nodes["second"])

    @property
    def attempts(self) -> list[Attempt]:
        """All that clients asked for, those in other processes included."""
        lines = []
        for path in self.directory.glob("*.jsonl"):
            with path.open(encoding="utf-8", newline="") as file:
                lines += list(file)
        return read_history(lines)

    def ask(
        self, command: str, stream: str, desk: Desk | None = None, work: Command | None = None
    ) -> Outcome:
        """Asks for one command, which is `work` or what its id says."""
        return ask(desk or self.desk, self._notes, command, stream, work)[0]

    def settled(
        self, command: str, stream: str, desk: Desk | None = None, work: Command | None = None
    ) -> Outcome:
        """As `ask`, again and again until the command is decided."""
        outcome = Outcome.UNKNOWN

        def is_decided() -> bool:
            nonlocal outcome
            outcome = self.ask(command, stream, desk, work)
            return outcome not in UNSETTLED

        wait_until(is_decided)
        return outcome

    def verdicts(self, places: Sequence[tuple[int, int]]) -> list[str]:
        """What the first node says of records at these places, lane and offset each."""
        wait_refreshed(self.desk)
        log, records = self.topic(), records_of(self.desk)
        numbers = {
            (lane, record.offset): number
            for lane in range(LANES)
            for number, record in enumerate(log[lane])
        }
        return [records[place[0]][numbers[place]].verdict for place in places]

    def topic(self) -> dict[int, list[Any]]:
        """The records of the ledger's topic by lane, as a plain client reads them."""
        return feed_records(self.cluster, f"{self.name}.ledger")

    def newest_at(self) -> float:
        """The latest lane time at the first node, in seconds since 1970."""
        return max(lane[-1].lane_time for lane in records_of(self.desk)) / 1e6

    def recover(self) -> None:
        """Goes on with the log as it is now; what it has lost is appended to it again.

        What was held before need not be there in every byte: lane times are given anew, and void
        records are not brought back.
        """
        self._running.close()
        directory = self.directory / "first"
        losses = find_losses(directory, self._patient)
        adopt(directory, self._patient, losses, utc_now())
        saved = append_again(directory, self._patient, losses, utc_now)
        assert {each.verdict for each in saved} <= {CONTROL, EFFECTIVE}
        for path in directory.glob(f"{NAME}*"):
            path.unlink()
        self._run(Desk.open(directory, kafka=self._settings), "second again")
        self.earlier.clear()
        self.log_changed = False

    def rest(self) -> None:
        """Ends the clients."""
        for clients in self._clients:
            clients.stop()

    def close(self) -> None:
        """Ends the clients, the followers and the nodes."""
        self._running.close()
        self._guard.close()
        self._notes.close()


def wait_refreshed(*desks: Desk) -> None:
    """Waits until these nodes have read all that the log has by now."""
    for desk in desks:
        assert isinstance(desk.ledger, KafkaLedger)
        wait_until(desk.ledger.refresh)


def records_of(desk: Desk) -> list[list[StoredRecord]]:
    """All that a node holds, by lane."""
    return [desk.ledger.read(lane, 0, 1_000_000) for lane in range(LANES)]
