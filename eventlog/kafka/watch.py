"""The watch: a thread that asks the brokers, every second, what a reader cannot see by reading.

Where each partition ends and begins, who leads it, how many brokers have it, and whether it is
still the same topic. By this a node knows that it is fresh, and refuses to write where a commit
could not count, before it is handed over.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError, for_code
from kafka.protocol.consumer import OffsetSpec

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.clients import connected, reason
from deskledger.eventlog.kafka.deviation import Deviation
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.location import Location, Topic
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options
from deskledger.eventlog.kafka.standing import Standings
from deskledger.eventlog.kafka.topics import BROKERS_MS, Topics

PERIOD_SECONDS = 1.0
# The brokers are asked for the beginnings and the settings of the topics only so often.
ROUNDS_BETWEEN = 30
REQUEST_MS = 2_000

Doubt = Callable[[Sequence[TopicPartition]], None]


class Watch:
    """Keeps the standings of the partitions current, until it is closed.

    Attributes:
        trouble: why the brokers cannot be asked at the moment; empty where they can.
        deviations: in what the topics differ from how they must be; None before the first look.
    """

    def __init__(
        self, settings: KafkaSettings, location: Location, standings: Standings, doubt: Doubt
    ) -> None:
        """`doubt` is told the partitions that have a new leader."""
        self.trouble = ""
        self.deviations: list[Deviation] | None = None
        self._options = {
            **client_options(settings),
            "request_timeout_ms": REQUEST_MS,
            "metadata_max_age_ms": BROKERS_MS,
        }
        self._location = location
        self._standings = standings
        self._doubt = doubt
        self._closing = threading.Event()
        self._hurried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begins to ask, in a thread of its own."""
        self._thread.start()

    def hurry(self) -> None:
        """Looks at once, for somebody who waits to know that all has been read."""
        self._hurried.set()

    def close(self) -> None:
        """Ends the thread once its question is answered; a process may end before."""
        self._closing.set()
        self._hurried.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with closing(connected(KafkaAdminClient, self._options)) as admin:
                    self._look_again_and_again(admin)
            except (KafkaError, DeskError, OSError) as error:
                self.trouble = reason(error)
                self._closing.wait(PERIOD_SECONDS)

    def _look_again_and_again(self, admin: Any) -> None:
        rounds = 0
        while not self._closing.is_set():
            # First of all, so that nothing is fresh, and nothing written, before it was checked. A
            # broker that has just come back may tell of topics as they were: ask again soon.
            if self.deviations or rounds % ROUNDS_BETWEEN == 0:
                self._look_closely(admin)
            self._look(admin)
            self.trouble = ""
            rounds += 1
            self._hurried.wait(PERIOD_SECONDS)
            self._hurried.clear()

    def _look(self, admin: Any) -> None:
        """One look at every partition: its leader, its copies, its end."""
        asked_at = time.monotonic()
        leaders: defaultdict[int, list[TopicPartition]] = defaultdict(list)
        location = self._location
        described = {
            topic["name"]: topic
            for topic in admin.describe_topics([location.ledger.name, location.vault.name])
        }
        for topic in (location.ledger, location.vault):
            for one, leader in self._see(topic, described.get(topic.name, {})):
                leaders[leader].append(one)
        for led in leaders.values():
            self._standings.ended(asked_at, _offsets(admin, led, OffsetSpec.LATEST))

    def _see(
        self, topic: Topic, described: Mapping[str, Any]
    ) -> Iterable[tuple[TopicPartition, int]]:
        """Notes how a topic's partitions stand; gives those with a leader, and the leader."""
        own = [one for one in self._standings.all if one.topic == topic.name]
        if described.get("error_code", 0) or not described:
            kind = for_code(described.get("error_code", 3)).__name__
            self._hinder(own, f"{topic.name}: {kind}")
            return
        if UUID(str(described["topic_id"])) != topic.id:
            self._made_anew(topic)
            return
        told_of = {each["partition_index"]: each for each in described["partitions"]}
        for one in own:
            partition = told_of.get(one.partition)
            leader = -1 if partition is None else partition["leader_id"]
            if partition is None or leader < 0:
                self._hinder([one], f"{topic.name}, partition {one.partition}: no leader")
                continue
            self._note(one, partition)
            yield one, leader

    def _made_anew(self, topic: Topic) -> None:
        told = f"{topic.name} was deleted and made anew; run `deskledger recover`."
        own = [one for one in self._standings.all if one.topic == topic.name]
        self._standings.stop(own, LogChanged(told, topic=topic.name))

    def _note(self, one: TopicPartition, described: Mapping[str, Any]) -> None:
        standing = self._standings[one]
        in_sync, least = len(described["isr_nodes"]), self._location.in_sync_min
        standing.hindrance = ""
        if in_sync < least:
            told = f"{one.topic}, partition {one.partition}: {in_sync} of {least} brokers in sync"
            standing.hindrance = told
        epoch = described["leader_epoch"]
        if standing.epoch not in (-1, epoch):
            self._doubt([one])
        standing.epoch = epoch

    def _hinder(self, partitions: Iterable[TopicPartition], reason: str) -> None:
        for one in partitions:
            self._standings[one].hindrance = reason

    def _look_closely(self, admin: Any) -> None:
        """What changes only by somebody's hand: where the log begins, and how it is set."""
        lanes = [one for one in self._standings.all if one.topic == self._location.ledger.name]
        for one, begin in _offsets(admin, lanes, OffsetSpec.EARLIEST).items():
            if begin > 0:
                told = (
                    f"{one.topic}, partition {one.partition}: the log begins at {begin}, not at 0."
                )
                self._standings.stop([one], LogChanged(told, lane=one.partition, begin=begin))
        try:
            deviations = Topics(admin).check(self._location)
        except Unavailable as error:
            # Whoever may not see the settings cannot check them; `doctor` says so. Of brokers that
            # are only busy nothing counts as fresh before they have told them.
            if getattr(error.__cause__, "retriable", False):
                raise
            return
        # A broker that was asked before may not have known yet that the topic is another one.
        for topic in (self._location.ledger, self._location.vault):
            if any(one.topic == topic.name and one.is_another for one in deviations):
                self._made_anew(topic)
        self.deviations = deviations


def _offsets(
    admin: Any, partitions: Iterable[TopicPartition], spec: OffsetSpec
) -> dict[TopicPartition, int]:
    """Offsets as a leader knows them; none where it does not answer."""
    try:
        found = admin.list_partition_offsets(dict.fromkeys(partitions, spec), timeout_ms=REQUEST_MS)
    except KafkaError:
        return {}
    return {one: at.offset for one, at in found.items()}
