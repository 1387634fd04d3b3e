"""Any number of publishers, whatever becomes of their batches: a subscriber misses nothing."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from deskledger.consumers.publisher.allow_checks import EventName
from deskledger.consumers.publisher.cloud_event import FeedRecord, read_attributes
from deskledger.consumers.publisher.content import Contents, Published
from deskledger.consumers.publisher.feed_reader import FeedEnd
from deskledger.consumers.publisher.heartbeat import Heartbeat
from deskledger.consumers.publisher.lane_run import BATCH_BYTES, Counts, LaneRun
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord

DESK = "00000000-0000-4000-8000-00000000de5c"
NAME = EventName("ticket", "TicketOpened", 1)
# Two events fill a batch.
DATA = bytes(BATCH_BYTES // 2 - 2_000)
BEGUN = Progress(DESK, 0, 0, 0, bytes(32))


def ledger_of(published: list[bool]) -> list[tuple[StoredRecord, Contents]]:
    """A lane with one event a record; only some of them are published."""
    made = []
    for index, is_published in enumerate(published, 1):
        record = StoredRecord(
            0, index, "ticket/a", b"", "effective", index, index, index, bytes(32), 1
        )
        told = (Published(index, NAME, "2026-03-02T12:00:00.000000Z", DATA),)
        made.append((record, Contents(told if is_published else (), int(not is_published), ())))
    return made


@dataclass
class Log:
    """A partition, and batches that may still reach it."""

    records: list[FeedRecord] = field(default_factory=list)
    stray: list[list[FeedRecord]] = field(default_factory=list)

    def land(self, batch: list[FeedRecord]) -> int:
        self.records += batch
        return len(self.records) - len(batch)

    def end(self, window: int) -> FeedEnd:
        """What is read back: the last record at least."""
        last = self.records[-window:]
        return FeedEnd(len(self.records), max((one.sequence for one in last), default=0))


@dataclass
class Publisher:
    """One publisher; `flying` is what it has sent and not heard of."""

    run: LaneRun | None = None
    flying: list[FeedRecord] | None = None

    def begin(self, log: Log, ledger: list[tuple[StoredRecord, Contents]], window: int) -> None:
        end = log.end(window)
        self.run = LaneRun(DESK, 0, BEGUN, end.published, end.offset, 0.0, Counts())
        for record, contents in ledger:
            self.run.take(record, contents)

    def send(self, log: Log, window: int) -> None:
        assert self.run is not None
        if self.run.shared and self.run.waits:
            self.run.read_back(log.end(window))
        if self.run.waits:
            self.flying = self.run.batch()
        else:
            beat = Heartbeat.of(BEGUN, every_seconds=1, allow_list="any")
            self.flying = [beat.record(identity="1", time="now", published=self.run.published)]

    def acknowledge(self, log: Log) -> None:
        assert self.run is not None
        assert self.flying is not None
        offset = log.land(self.flying)
        if self.flying[0].key == b"lane/0":
            self.run.beaten(offset, 0.0)
        else:
            self.run.sent(self.flying, offset, 0.0)
        self.flying = None

    def fail(self, log: Log) -> None:
        """The batch may reach the log later; the publisher must begin again."""
        if self.flying is not None:
            log.stray.append(self.flying)
        self.run = self.flying = None


def handled(log: Log) -> list[int]:
    """What a subscriber handles that ignores every sequence up to the last one."""
    seen: list[int] = []
    for record in log.records:
        stated = read_attributes(record.headers)
        assert stated is not None
        last = seen[-1] if seen else 0
        assert stated.previous <= last, "something is missing before this record"
        if stated.sequence > last:
            assert stated.previous == last
            seen.append(stated.sequence)
    return seen


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["send", "acknowledge", "fail", "stray", "lost"]),
        st.integers(0, 2),
        st.integers(1, 4),
    ),
    max_size=60,
)


@given(st.lists(st.booleans(), min_size=1, max_size=12), ACTIONS)
def test_a_subscriber_sees_every_published_event_once_and_in_order(
    published: list[bool], actions: list[tuple[str, int, int]]
) -> None:
    ledger, log = ledger_of(published), Log()
    publishers = [Publisher(), Publisher(), Publisher()]
    for action, index, window in actions:
        publisher = publishers[index]
        if publisher.run is None:
            publisher.begin(log, ledger, window)
        match action:
            case "send" if publisher.flying is None:
                publisher.send(log, window)
            case "acknowledge" if publisher.flying is not None:
                publisher.acknowledge(log)
            case "fail":
                publisher.fail(log)
            case "stray" if log.stray:
                log.land(log.stray.pop(index % len(log.stray)))
            case "lost" if log.stray:
                log.stray.pop(index % len(log.stray))
            case _:
                pass
        seen = handled(log)
        assert seen == [n for n, told in enumerate(published, 1) if told][: len(seen)]
    last = Publisher()
    last.begin(log, ledger, 1)
    while last.run is not None and last.run.waits:
        last.send(log, 1)
        last.acknowledge(log)
    assert handled(log) == [n for n, told in enumerate(published, 1) if told]


def test_a_batch_holds_what_fits_and_one_record_at_least() -> None:
    run = LaneRun(DESK, 0, BEGUN, 0, 0, 0.0, Counts())
    for record, contents in ledger_of([True] * 3):
        run.take(record, contents)
    assert [record.sequence for record in run.batch()] == [1, 2]
    large = LaneRun(DESK, 0, BEGUN, 0, 0, 0.0, Counts())
    ((record, contents),) = ledger_of([True])
    (event,) = contents.published
    large.take(record, Contents((event._replace(data=DATA * 3),), 0, ()))
    assert len(large.batch()) == 1


def test_a_lane_counts_what_it_published_and_what_it_withheld() -> None:
    run = LaneRun(DESK, 0, BEGUN, 0, 0, 0.0, Counts())
    for record, contents in ledger_of([True, False, True]):
        run.take(record, contents)
    run.sent(run.batch(), 0, 1.0)
    assert run.counts == Counts(published=2, withheld=1)
    assert (run.published, run.waits, run.read.records) == (3, False, 3)
