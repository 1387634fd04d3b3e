"""Moving a desk from its directory to Kafka: every record as it is, so that every hash holds.

It may be killed at any moment and is then run again. What the topic holds is compared with the
ledger before anything is added to it, and the old ledger is sealed only when the topic has all.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from kafka import TopicPartition

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.control import is_seal
from deskledger.eventlog.errors import KeysMissing, Unavailable
from deskledger.eventlog.kafka.founding import NewLog, make_topics
from deskledger.eventlog.kafka.handover import Handover, Record
from deskledger.eventlog.kafka.lane_sink import LaneSink
from deskledger.eventlog.kafka.ledger import utc_now
from deskledger.eventlog.kafka.location import Location, is_on_kafka
from deskledger.eventlog.kafka.log import Log
from deskledger.eventlog.kafka.read_back import ReadBack
from deskledger.eventlog.kafka.replica import Replica
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.vault_copy import adopt_file, tell_vault
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.store.reader import LedgerReader
from deskledger.eventlog.store.seal import held

MOVING_NAME = "kafka.moving.json"
BATCH_RECORDS = 1_000
FEW_RECORDS = 500
DEADLINE_SECONDS = 5.0

Report = Callable[[int], None]
"""Takes the number of records that were copied since it was last called."""


def move_to_kafka(
    directory: Path,
    settings: KafkaSettings,
    name: str,
    *,
    replicas: int | None = None,
    report: Report = lambda _: None,
) -> Location:
    """Moves the desk of a directory to Kafka, or goes on with a move that was interrupted.

    Hashes, positions, numbers and tables stay valid; the old ledger stays, sealed.

    Args:
        directory: of the embedded desk.
        settings: how the brokers are reached.
        name: what the names of the topics begin with.
        replicas: on how many brokers each record is to lie; None for three, or all if fewer.
        report: told how many records were copied.

    Raises:
        InvalidInput: there is no embedded desk; or the topics hold something else.
        KeysMissing: the desk was restored without its keys.
        Unavailable, OutcomeUnknown: it was interrupted; run it again.
    """
    if is_on_kafka(directory):
        raise InvalidInput(f"The desk in {directory} is on Kafka already.")
    with EmbeddedLedger.open(directory) as ledger:
        if ledger.without_keys:
            raise KeysMissing
        new = NewLog(name, ledger.desk, ledger.lanes, replicas)
        location = _location(directory, settings, new)
        with _target(directory, location.reached_by(settings), location) as target:
            # The last few are copied while nobody can append, so that it comes to an end.
            while _copy(ledger, target, report) > FEW_RECORDS:
                """Others append meanwhile."""
            _finish(directory, ledger, target, report)
            tell_vault(directory, target.handover, location)
        adopt_file(directory, location)
    location.write(directory)
    (directory / MOVING_NAME).unlink(missing_ok=True)
    return location


class _Target(NamedTuple):
    """The new log: read into a replica, by which it is compared with the old ledger."""

    location: Location
    log: Log
    replica: LedgerReader
    handover: Handover


def _location(directory: Path, settings: KafkaSettings, new: NewLog) -> Location:
    if (directory / MOVING_NAME).exists():
        location = Location.read(directory, MOVING_NAME)
        if location.name != new.name:
            told = f"A move to the topics {location.name}.… has begun; finish that one first."
            raise InvalidInput(told, name=location.name)
        return location
    location = make_topics(settings, new)
    location.write(directory, MOVING_NAME)
    return location


@contextmanager
def _target(directory: Path, settings: KafkaSettings, location: Location) -> Iterator[_Target]:
    replica = Replica.open(directory, location)
    sink = LaneSink(replica, location.lanes, ReadBack(), lambda: None)
    with closing(replica), closing(Handover(settings)) as handover:
        reader = LedgerReader(directory / REPLICA.name, DEADLINE_SECONDS, REPLICA)
        log = Log(settings, location, {location.ledger.name: sink}, utc_now)
        with closing(reader), closing(log):
            yield _Target(location, log, reader, handover)


def _copy(ledger: EmbeddedLedger, target: _Target, report: Report) -> int:
    """Copies what the topic lacks; gives how many records that were."""
    _read_back(target)
    copied = 0
    for there in target.replica.progress():
        end = _end(ledger, there.lane)
        _compare(ledger, there, end)
        for batch in _batches(ledger, there.lane, there.records, end):
            target.handover.deliver(target.location.ledger.name, batch)
            report(len(batch))
            copied += len(batch)
    return copied


def _finish(directory: Path, ledger: EmbeddedLedger, target: _Target, report: Report) -> None:
    """Copies the rest and seals the ledger, unless it is sealed already."""
    if is_seal(ledger.controls(0)[-1].value):
        while _copy(ledger, target, report):
            """What was copied is read back and compared."""
        return
    with held(directory, ledger.desk, ledger.lanes) as holding:
        while _copy(ledger, target, report):
            """What was copied is read back and compared."""
        holding.seal()


def _read_back(target: _Target) -> None:
    name, lanes = target.location.ledger.name, target.location.lanes
    partitions = [TopicPartition(name, lane) for lane in range(lanes)]
    if not target.log.refresh(partitions):
        told = f"The brokers cannot be reached; run `deskledger move` again. {target.log.trouble}"
        raise Unavailable(told.rstrip())
    for partition in partitions:
        stopped = target.log.standings[partition].stopped
        if stopped is not None:
            raise stopped


def _compare(ledger: EmbeddedLedger, there: Progress, end: int) -> None:
    """Checks that a lane of the topic is a beginning of the ledger's."""
    here = ledger.progress_at(there.lane, there.records) if there.records else there
    if there.records > end or here != there:
        told = f"Lane {there.lane} of the topic holds something else; choose another name."
        raise InvalidInput(told, lane=there.lane, records=there.records)


def _batches(ledger: EmbeddedLedger, lane: int, after: int, end: int) -> Iterator[list[Record]]:
    while after < end:
        records = ledger.as_sent(lane, after, min(BATCH_RECORDS, end - after))
        yield [Record(lane, key, value) for key, value in records]
        after += len(records)


def _end(ledger: EmbeddedLedger, lane: int) -> int:
    """How many records of a lane are to be copied: all but a seal, and what came after it."""
    last = ledger.controls(lane)[-1]
    return last.record - 1 if is_seal(last.value) else ledger.progress()[lane].records
