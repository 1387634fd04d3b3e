"""Making a desk's log: its topics, and the first record of every lane."""

import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.handover import Handover, Record
from deskledger.eventlog.kafka.location import NAME, Location
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.topics import KNOWN_SECONDS, REPLICAS, Topics, asked, in_sync_min


@dataclass(frozen=True, slots=True)
class NewLog:
    """What a new log needs to know.

    Attributes:
        name: what the names of its topics begin with.
        desk: id of the desk, a UUID.
        lanes: how many lanes, fixed for the desk's life.
        replicas: on how many brokers each record is to lie; None for three, or all if fewer.
    """

    name: str
    desk: str
    lanes: int
    replicas: int | None = None


def make_topics(settings: KafkaSettings, new: NewLog) -> Location:
    """Makes the topics of a desk; topics that were made for it may be taken while empty.

    Raises:
        InvalidInput: a topic of the name holds records, or is not as it must be.
        Unavailable: the brokers could not be reached.
    """
    if re.fullmatch(NAME, new.name) is None:
        told = f"{new.name!r} is no name of a desk: a-z, 0-9, dot, dash and underscore, at most 64."
        raise InvalidInput(told, name=new.name)
    with asked(settings) as topics:
        replicas = new.replicas or min(REPLICAS, topics.brokers())
        ledger, vault = topics.create(new.name, new.lanes, replicas)
        location = Location(
            desk=uuid.UUID(new.desk),
            name=new.name,
            lanes=new.lanes,
            bootstrap=settings.bootstrap,
            ledger=ledger,
            vault=vault,
            replicas=replicas,
            in_sync_min=in_sync_min(replicas),
        )
        _check(topics, location)
    return location


def begin_log(settings: KafkaSettings, location: Location, vault: Sequence[Record]) -> None:
    """Appends what a log begins with: the first record of every lane, the secrets of the vault.

    Raises:
        Unavailable, OutcomeUnknown: the brokers did not take all of it.
    """
    desk, lanes = str(location.desk), location.lanes
    records = [Record(lane, *genesis_record(desk, lane, lanes)) for lane in range(lanes)]
    handover = Handover(settings)
    try:
        handover.deliver(location.vault.name, vault)
        handover.deliver(location.ledger.name, records)
    finally:
        handover.close()


def _check(topics: Topics, location: Location) -> None:
    """Checks the topics of a new desk; as with their ids, the broker that is asked may be behind.

    Raises:
        InvalidInput, Unavailable: they are not as they must be for longer than brokers take.
    """
    until = time.monotonic() + KNOWN_SECONDS
    while True:
        try:
            held = _held(topics, location)
        except (InvalidInput, Unavailable):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            break
    if held:
        told = f"{held[0]} holds records already; choose another name, or join that desk."
        raise InvalidInput(told, topic=held[0])


def _held(topics: Topics, location: Location) -> list[str]:
    """The topics that hold records; all must be as they must be."""
    deviations = topics.check(location)
    if deviations:
        told = "; ".join(map(str, deviations))
        raise InvalidInput(f"The topics are not as they must be: {told}.")
    names = (location.ledger.name, location.vault.name)
    return [name for name in names if topics.records(name)]
