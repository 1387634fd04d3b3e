"""The tail: one thread that reads the desk's topics, record by record, to their ends and on.

Partitions are assigned, never subscribed to; nothing is skipped, nothing is reset, and records of
transactions count whether they were committed or not: all that stands in the log is judged.
"""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.clients import reason
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.fetching import fetching_consumer
from deskledger.eventlog.kafka.pace import Pace
from deskledger.eventlog.kafka.reading import Begin, LogRecord, Sink, Tip
from deskledger.eventlog.kafka.settings import KafkaSettings, reading_options
from deskledger.eventlog.kafka.standing import Standings

BATCH_RECORDS_MAX = 5_000
FETCH_BYTES_MAX = 8 << 20
# A partition's share must hold the longest record that the topic takes, and then some.
PARTITION_BYTES_MAX = 2 << 20
# So many at once are not records that come one by one.
GATHERED_MAX = 500
POLL_MS = 50
RETRY_SECONDS = 1.0
NOTE_SECONDS = 5.0
CUT_SECONDS = 1.5


class Tail:
    """Reads topics into sinks until it is closed, whatever the brokers do.

    Attributes:
        trouble: what keeps it from reading at the moment; empty where nothing does.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        sinks: Mapping[str, Sink],
        standings: Standings,
        pace: Pace,
    ) -> None:
        self.trouble = ""
        self._pace = pace
        self._options = reading_options(settings)
        self._sinks = sinks
        self._standings = standings
        # By partition: what its next record must be, before anything behind it is believed.
        self._expected: dict[TopicPartition, Tip] = {}
        # When each of them was first found to lie behind the log's end.
        self._cut_at: dict[TopicPartition, float] = {}
        self._doubted: set[TopicPartition] = set()
        self._noted_at = 0.0
        self._door = threading.Lock()
        self._is_reading = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tail", daemon=True)

    def start(self) -> None:
        """Begins to read, in a thread of its own."""
        self._thread.start()

    def doubt(self, partitions: Sequence[TopicPartition]) -> None:
        """Compares what was read last with the log once more, as after a change of leaders."""
        self._doubted.update(partitions)

    def close(self) -> None:
        """Ends the thread, at most a poll and a transaction later.

        One that is still on its way to a broker is not waited for: it takes nothing any more.
        """
        with self._door:
            self._closing.set()
            is_reading = self._is_reading
        if is_reading:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._follow()
            except (KafkaError, DeskError, OSError) as error:
                self.trouble = reason(error)
                self._closing.wait(RETRY_SECONDS)
            except Exception as error:
                # A fault of ours: nothing is read any more, and every writer is told so.
                told = f"Reading the log has failed: {error!r}; start again."
                self._standings.stop(self._standings.all, Unavailable(told))
                raise

    def _follow(self) -> None:
        """The life of one consumer; an error that it does not survive ends it."""
        options = {
            **self._options,
            "max_poll_records": BATCH_RECORDS_MAX,
            "fetch_max_bytes": FETCH_BYTES_MAX,
            "max_partition_fetch_bytes": PARTITION_BYTES_MAX,
        }
        consumer = fetching_consumer(options)
        try:
            with self._door:
                if self._closing.is_set():
                    return
                self._is_reading = True
            self._begin(consumer)
            while not self._closing.is_set():
                records = self._step(consumer)
                self._note_fresh()
                self._gather(consumer, records)
            self._noted_at = 0.0
            self._note_fresh()
        finally:
            self._is_reading = False
            consumer.close(autocommit=False, timeout_ms=0)

    def _begin(self, consumer: Any) -> None:
        begins = {
            TopicPartition(topic, partition): begin
            for topic, sink in self._sinks.items()
            for partition, begin in sink.rewind().items()
        }
        consumer.assign([one for one in begins if not self._standings[one].stopped])
        for partition in consumer.assignment():
            self._seek(consumer, partition, begins[partition])

    def _seek(self, consumer: Any, partition: TopicPartition, begin: Begin) -> None:
        consumer.seek(partition, begin.offset)
        if begin.tip is None:
            self._expected.pop(partition, None)
            self._standings.read({partition: begin.offset})
        else:
            self._expected[partition] = begin.tip

    def _step(self, consumer: Any) -> int:
        """Takes what has come; gives the number of records."""
        polled: Mapping[TopicPartition, Sequence[Any]] = {}
        while self._doubted:
            partition = self._doubted.pop()
            if not self._standings[partition].stopped:
                begin = self._sinks[partition.topic].begin(partition.partition)
                self._seek(consumer, partition, begin)
        try:
            polled = consumer.poll(timeout_ms=POLL_MS)
            self.trouble = ""
            if polled:
                self._take(consumer, polled)
            self._pass_markers(consumer, polled)
            self._look_for_cuts(consumer)
        except LogTruncationError as error:
            # The client tells it once and then takes the position for valid.
            self._stop(consumer, dict.fromkeys(error.divergent_offsets, LogChanged()))
        except OffsetOutOfRangeError as error:
            self._stop(consumer, dict.fromkeys(error.args[0], LogChanged()))
        return sum(map(len, polled.values()))

    def _gather(self, consumer: Any, records: int) -> None:
        """Lets more than a few records come together, where nobody waits for one of them."""
        is_calm = self._pace.is_calm and records < GATHERED_MAX
        consumer._fetcher.is_ahead = not is_calm  # noqa: SLF001 - the client hides its fetcher
        if is_calm and records:
            self._pace.pause()

    def _take(self, consumer: Any, polled: Mapping[TopicPartition, Sequence[Any]]) -> None:
        by_topic: dict[str, dict[int, Sequence[LogRecord]]] = {}
        wrong: dict[TopicPartition, DeskError] = {}
        for partition, records in polled.items():
            if self._standings[partition].stopped:
                continue
            tip = self._expected.pop(partition, None)
            if tip is not None and not tip.matches(records[0]):
                wrong[partition] = LogChanged()
                continue
            rest = records if tip is None else records[1:]
            by_topic.setdefault(partition.topic, {})[partition.partition] = rest
        for topic, new in by_topic.items():
            stopped = self._add(self._sinks[topic], new)
            wrong |= {TopicPartition(topic, one): error for one, error in stopped.items()}
        if wrong:
            self._stop(consumer, wrong)
        self._standings.read(
            {one: records[-1].offset + 1 for one, records in polled.items() if one not in wrong}
        )

    def _add(
        self, sink: Sink, records: Mapping[int, Sequence[LogRecord]]
    ) -> Mapping[int, DeskError]:
        """Brings records to a sink until it has taken them: a full disk may be emptied."""
        while not self._closing.is_set():
            try:
                return sink.add(records)
            except Unavailable as error:
                self.trouble = str(error)
                self._closing.wait(RETRY_SECONDS)
        raise Unavailable("The reader of the log was closed.")

    def _pass_markers(self, consumer: Any, polled: Collection[TopicPartition]) -> None:
        """Notes the ends of foreign transactions: places in the log without a record."""
        for partition, standing in self._standings.all.items():
            if partition in polled or partition in self._expected or not standing.is_behind:
                continue
            position = consumer.position(partition, timeout_ms=POLL_MS)
            if position is not None:
                self._standings.read({partition: position})

    def _look_for_cuts(self, consumer: Any) -> None:
        """Finds logs that end before the record that they must hold: nothing would ever come.

        A new leader may not know at once how far its log reaches, so a second look must agree;
        with too few brokers in sync, it does not come to know.
        """
        for partition, tip in list(self._expected.items()):
            standing = self._standings[partition]
            end = standing.end
            if end is None or end[1] > tip.offset or standing.hindrance:
                self._cut_at.pop(partition, None)
            elif end[0] - self._cut_at.setdefault(partition, end[0]) > CUT_SECONDS:
                self._stop(consumer, {partition: LogChanged()})

    def _note_fresh(self) -> None:
        now = time.monotonic()
        if now - self._noted_at < NOTE_SECONDS:
            return
        age = self._standings.age_seconds()
        if age is not None and age < NOTE_SECONDS:
            self._noted_at = now
            for sink in self._sinks.values():
                sink.note_fresh(time.time() - age)

    def _stop(self, consumer: Any, reasons: Mapping[TopicPartition, DeskError]) -> None:
        for partition, why in reasons.items():
            consumer.pause(partition)
            self._expected.pop(partition, None)
            self._standings.stop([partition], why)
