"""The desk's topics as one node uses them: read by a tail, watched, written by a producer."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kafka import TopicPartition

from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.kafka.broker_clock import BrokerClock
from deskledger.eventlog.kafka.handover import Handover, Record
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.pace import Pace
from deskledger.eventlog.kafka.read_back import Awaited, ReadBack
from deskledger.eventlog.kafka.reading import Sink
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.standing import Standing, Standings
from deskledger.eventlog.kafka.tail import Tail
from deskledger.eventlog.kafka.topics import ASK_AGAIN_SECONDS, LAG_SECONDS
from deskledger.eventlog.kafka.vault_records import CLOCK_KEY
from deskledger.eventlog.kafka.watch import Watch


class Log:
    """One node's connections to the topics of its desk.

    Attributes:
        standings: how each partition stands.
        settings: how the brokers are reached; the bootstrap servers are filled in.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        location: Location,
        sinks: Mapping[str, Sink],
        clock: Callable[[], datetime],
    ) -> None:
        """Begins to read the topics into `sinks`, by topic; never waits for the brokers."""
        self.settings = settings
        self._location = location
        self._clock = BrokerClock(clock)
        lanes = [TopicPartition(location.ledger.name, lane) for lane in range(location.lanes)]
        self._vault = TopicPartition(location.vault.name, 0)
        self.standings = Standings([*lanes, self._vault])
        self._pace = Pace()
        self._tail = Tail(settings, sinks, self.standings, self._pace)
        self._watch = Watch(settings, location, self.standings, self._tail.doubt)
        self._handover = Handover(settings)
        self._began_at = time.monotonic()
        self._tail.start()
        self._watch.start()

    @property
    def trouble(self) -> str:
        """Why the brokers cannot be reached at the moment; empty where they can."""
        return self._tail.trouble or self._watch.trouble

    def refresh(
        self, among: Collection[TopicPartition] | None = None, look: Callable[[], object] = int
    ) -> bool:
        """Reads all that the log has by now.

        Args:
            among: which partitions, all by default.
            look: called now and then meanwhile.

        Returns:
            False where reading made no headway for as long as a first contact may take.
        """
        since = time.monotonic()
        self._pace.hurry()
        self._watch.hurry()
        return self.standings.wait_fresh(since, self.settings.connect_seconds, among, look)

    def check_writable(self, partitions: Collection[TopicPartition]) -> None:
        """Checks that records would count in these partitions, before any is handed over.

        Raises:
            Unavailable: they might not; the message says why.
            LogChanged, NewerVersion: a partition is not read any further.
        """
        for partition in partitions:
            self._check(partition)
        self._check_topics()
        if not self._clock.is_known:
            self._read_clock()
        self._clock.check(self.settings.skew_seconds)

    def hand_over(self, topic: str, records: Sequence[Record], awaited: Awaited[Any]) -> None:
        """Hands records over that `awaited` waits for; it is told where that cannot be done."""
        self._pace.hurry()
        self._handover.send(topic, records, awaited)

    def tell_vault(self, records: Sequence[Record], read_back: ReadBack[int]) -> None:
        """Appends records to the vault's topic and waits until they are told to the file here.

        Raises:
            Unavailable: nothing was stored.
            OutcomeUnknown: not all were read back in time.
            LogChanged: this node reads the vault no further.
        """
        self.check_writable([self._vault])
        tokens = [(record.key, record.value) for record in records]
        awaited = read_back.expect(tokens, self.settings.answer_seconds)
        try:
            self.hand_over(self._vault.topic, records, awaited)
            if awaited.wait() is None:
                raise self.unknown(awaited)
        finally:
            read_back.forget(tokens, awaited)

    def refresh_vault(self) -> bool:
        """Reads all that the vault's topic has by now; False if that took too long.

        Raises:
            LogChanged: this node reads the vault no further.
        """
        is_read = self.refresh([self._vault])
        self._check_read_on([self._vault])
        return is_read

    def tell_vault_soon(self, records: Sequence[Record]) -> None:
        """Appends records to the vault's topic if it can be done just now; waits for nothing."""
        standing = self.standings[self._vault]
        if standing.stopped is None and not standing.hindrance:
            self.hand_over(self._vault.topic, records, Awaited(len(records), 0))

    def unknown(self, awaited: Awaited[Any]) -> OutcomeUnknown:
        """The error for records that did not come back in time."""
        told = f"Handed over, but not seen in the log after {self.settings.answer_seconds:g} s"
        reason = awaited.trouble or self.trouble
        told += f" ({reason}); ask again with the same key." if reason else "; ask again."
        return OutcomeUnknown(told, reason=reason)

    def close(self) -> None:
        """Ends the threads; at most a poll and a transaction later."""
        self._handover.close()
        self._watch.close()
        self._tail.close()

    def _check(self, partition: TopicPartition) -> None:
        standing = self.standings[partition]
        if standing.fresh_at is None and standing.stopped is None:
            since = self._began_at
            self.standings.wait_fresh(since, self.settings.connect_seconds, [partition])
        elif self._is_stale(standing) and not self.trouble:
            # A busy machine may have let nobody look for a while; the brokers are there.
            self.refresh([partition])
        self._check_read_on([partition])
        if standing.hindrance:
            raise Unavailable(f"Nothing can be stored: {standing.hindrance}.")
        if self._is_stale(standing):
            fresh_at = standing.fresh_at
            what = f"{partition.topic}, partition {partition.partition}"
            ago = "yet" if fresh_at is None else f"for {time.monotonic() - fresh_at:.0f} s"
            told = f"The end of {what} has not been reached {ago}; nothing was stored."
            raise Unavailable(f"{told} {self.trouble}".rstrip(), reason=self.trouble)

    def _check_topics(self) -> None:
        """Checks that both topics are as they must be; one that was made anew is told first."""
        until = time.monotonic() + LAG_SECONDS
        while deviations := self._watch.deviations:
            anew = {one.topic for one in deviations if one.is_another}
            self._check_read_on(one for one in self.standings.all if one.topic in anew)
            if time.monotonic() > until:
                told = "; ".join(map(str, deviations))
                raise Unavailable(f"The topics are not as they must be: {told}.", deviations=told)
            # The broker that was asked may have been behind; by then it is not any more.
            self._watch.hurry()
            time.sleep(ASK_AGAIN_SECONDS)

    def _check_read_on(self, partitions: Iterable[TopicPartition]) -> None:
        """Checks that reading has not ended for good.

        Raises:
            LogChanged, NewerVersion: it has; an exception object belongs to one thread, so each
                caller raises its own.
        """
        for partition in partitions:
            reason = self.standings[partition].stopped
            if reason is not None:
                raise type(reason)(*reason.args, **reason.facts)

    def _is_stale(self, standing: Standing) -> bool:
        fresh_at = standing.fresh_at
        return fresh_at is None or time.monotonic() - fresh_at > self.settings.fresh_seconds

    def _read_clock(self) -> None:
        sent_at = time.monotonic()
        probe = Record(self._vault.partition, CLOCK_KEY, b"{}")
        at = self._handover.ask_time(self._vault.topic, probe)
        self._clock.note(at, sent_at, time.monotonic())
