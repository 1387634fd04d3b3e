"""A desk on real brokers at work, to which something happens, and the judgement afterwards."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.commands import Command
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.records import StoredRecord
from tests.kafka.brokers import Cluster
from tests.kafka.checker import Evidence, check, is_recorded
from tests.kafka.faults.asking import ask, opened_tickets
from tests.kafka.faults.child import Child
from tests.kafka.faults.clients import PACE_SECONDS, UNSETTLED, Clients, Notes
from tests.kafka.faults.followers import Followers
from tests.kafka.feed.reading import feed_records, made_feed
from tests.kafka.history import Attempt, Outcome, read_history
from tests.kafka.ledger.nodes import LANES, settings_of
from tests.kafka.log_checks import commits
from tests.kafka.node import Guard
from tests.kafka.topics import wait_until

TICKETS = 50
REPEATED = 20


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
        self._settings = settings_of(bootstrap)
        self._notes = Notes(directory / "clients.jsonl")
        self._earlier: dict[str, list[list[StoredRecord]]] = {}
        self._clients: list[Clients] = []
        self._open = ExitStack()
        self._guard = Guard()
        self._open.callback(self._guard.close)
        self.desk = self._open.enter_context(self._new_desk())
        self.nodes = {"first": self.desk, "second": self._open.enter_context(self.node("second"))}
        self.tickets = opened_tickets(self.desk, TICKETS)
        self.foreign = frozenset(commit.command for commit in commits(records_of(self.desk)))
        feed = made_feed(cluster, name, kafka=self._settings)
        self._followers = self._open.enter_context(Followers(self.desk, feed))

    def _new_desk(self) -> Desk:
        new = NewDesk(zone="UTC", kafka=self.name)
        return Desk.create(self.directory / "first", new, kafka=self._settings)

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
        self._open.callback(clients.stop)
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

    def lame(self, task: str, directory: Path, die: tuple[str, int] | None = None) -> Child:
        """A node in a process that does one thing; `die` is a point and a number of calls."""
        return Child(self._guard, task, directory, *(die or ()))

    def reopen(self, name: str) -> Desk:
        """A node of a directory that was in use before; it must hold in the end what others do."""
        desk = self._open.enter_context(Desk.open(self.directory / name, kafka=self._settings))
        self.nodes[name] = desk
        return desk

    def remember(self, name: str) -> None:
        """Keeps what the second node holds now: it must hold for ever."""
        self._earlier[name] = records_of(self.nodes["second"])

    @property
    def attempts(self) -> list[Attempt]:
        """All that clients asked for, those in other processes included."""
        lines = []
        for path in self.directory.glob("*.jsonl"):
            with path.open(encoding="utf-8", newline="") as file:
                lines += list(file)
        return read_history(lines)

    def settle(self) -> None:
        """Asks again for every command whose outcome nobody knows, until it is known."""
        attempts = self.attempts
        settled = {each.command for each in attempts if is_recorded(each)}
        unknown = {
            each.command: each.stream
            for each in attempts
            if each.outcome is Outcome.UNKNOWN and each.command not in settled
        }
        for command, stream in unknown.items():
            wait_until(lambda: self.ask(command, stream) not in UNSETTLED)  # noqa: B023

    def ask(
        self, command: str, stream: str, desk: Desk | None = None, work: Command | None = None
    ) -> Outcome:
        """Asks for one command, which is `work` or what its id says."""
        return ask(desk or self.desk, self._notes, command, stream, work)[0]

    def verdicts(self, places: Sequence[tuple[int, int]]) -> list[str]:
        """What the first node says of records at these places, lane and offset each."""
        assert refreshed(self.desk)
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

    def judge(self) -> dict[str, Any]:
        """Ends the clients, settles what is unknown, and checks every promise.

        Returns:
            The figures of the scene.
        """
        self.cluster.heal()
        for clients in self._clients:
            clients.stop()
        counted = self.attempts
        if not self.log_changed:
            self.settle()
        self._followers.stop()
        self._followers.check(self.cluster, self.directory / "aside.duckdb")
        replicas = self._replicas()
        log = replicas["first"] if self.log_changed else self.topic().values()
        topic = [[(key_of(record), record.value) for record in lane] for lane in log]
        found = check(
            Evidence(
                self.desk.ledger.desk, self.attempts, topic, replicas, self._earlier, self.foreign
            )
        )
        assert not found, "\n".join(map(str, found))
        return self._figures(counted, replicas["first"])

    def _replicas(self) -> dict[str, list[list[StoredRecord]]]:
        """What every node holds, and one that begins to read now, of a log that can be read."""
        nodes = dict(self.nodes)
        with ExitStack() as until:
            if not self.log_changed:
                nodes["fresh"] = until.enter_context(self.node("fresh"))
                assert refreshed(nodes["fresh"])
                self._repeat(nodes["fresh"])
            assert all(refreshed(node) for node in nodes.values())
            return {name: records_of(node) for name, node in nodes.items()}

    def close(self) -> None:
        """Ends the clients, the followers and the nodes."""
        self._open.close()
        self._notes.close()

    def _repeat(self, desk: Desk) -> None:
        """Asks a node that has just read the log for commands that are settled."""
        settled = [each for each in self.attempts if is_recorded(each)]
        for each in self.random.sample(settled, min(REPEATED, len(settled))):
            assert self.ask(each.command, each.stream, desk) is each.outcome

    def _figures(
        self, attempts: Sequence[Attempt], replica: Sequence[Sequence[StoredRecord]]
    ) -> dict[str, Any]:
        outcomes = Counter(attempt.outcome.value for attempt in attempts)
        void = Counter(r.verdict for records in replica for r in records if "void" in r.verdict)
        return {
            **{outcome.value: outcomes[outcome.value] for outcome in Outcome},
            "void": dict(void),
            "recovered_seconds": self.recovered_seconds,
        }


def refreshed(desk: Desk) -> bool:
    """Whether a node has read all that the log has by now."""
    assert isinstance(desk.ledger, KafkaLedger)
    return desk.ledger.refresh()


def key_of(record: Any) -> bytes | None:
    """The key of a record of the topic, or of a replica that has to stand for it."""
    key: bytes | None = record.stream.encode() if isinstance(record, StoredRecord) else record.key
    return key


def records_of(desk: Desk) -> list[list[StoredRecord]]:
    """All that a node holds, by lane."""
    return [desk.ledger.read(lane, 0, 1_000_000) for lane in range(LANES)]
