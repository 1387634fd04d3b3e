"""One lane on Kafka, judged again straight from its topic."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from deskledger.eventlog.instants import log_time
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.whole_topic import Extent, read_partition, topic_extents
from deskledger.replay.chain_report import LaneReport
from deskledger.replay.lane_judge import LaneJudge, RawRecord, take_all
from deskledger.replay.lane_notes import Asked
from deskledger.replay.lane_processes import Tell
from deskledger.replay.log_chains import Lanes
from deskledger.replay.stream_watch import StreamWatch


class TopicLane(NamedTuple):
    """A partition to prove as one lane of a desk, as far as it went when it was looked at."""

    settings: KafkaSettings
    topic: str
    lane: int
    extent: Extent

    def prove(self, asked: Asked, tell: Tell) -> LaneReport:
        """Verifies the lane up to its first difference, and notes what is asked.

        Raises:
            Unavailable, LogChanged, LedgerDamaged: it cannot be read to its end.
        """
        judge = LaneJudge(self.lane, None, asked.against)
        watch = StreamWatch(judge, asked)
        if self.extent.begin:
            # What stood before is gone, so nothing behind it can be judged.
            later = judge.differs("start", 0, self.extent.begin, stream=None)
            return judge.report(later, watch.notes())
        with closing(self._records()) as steps:
            difference = take_all(judge, steps, judge.take, tell)
        report = judge.report(difference, watch.notes())
        gaps = 0 if difference else self.extent.end - judge.state.records
        return replace(report, gaps=gaps)

    def _records(self) -> Generator[Sequence[RawRecord], None, None]:
        with closing(read_partition(self.settings, self.topic, self.lane, self.extent)) as batches:
            for batch in batches:
                yield [RawRecord(one.key, one.value, log_time(one.timestamp)) for one in batch]


def topic_lanes(settings: KafkaSettings, topic: str) -> Lanes:
    """The lanes of a topic, as far as each goes at the moment.

    Raises:
        InvalidInput: there is no such topic.
        Unavailable: the brokers were not reached, or refused.
    """
    extents = topic_extents(settings, topic)
    lanes = [TopicLane(settings, topic, *one) for one in enumerate(extents)]
    return Lanes(lanes, len(lanes), sum(extent.end - extent.begin for extent in extents))
