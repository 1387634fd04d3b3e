"""A directory that becomes another node of a desk whose topics are there already."""

from contextlib import closing
from pathlib import Path
from uuid import UUID

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.control import control_key, read_genesis
from deskledger.eventlog.kafka.location import Location, Topic, is_on_kafka
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.topics import asked
from deskledger.eventlog.kafka.whole_topic import Extent, read_partition, topic_extents
from deskledger.eventlog.lane import Genesis
from deskledger.eventlog.records import LEDGER
from deskledger.eventlog.strict_json import Malformed, loads_strict


def join_desk(directory: Path, settings: KafkaSettings, name: str) -> Location:
    """Writes into a directory where the ledger of a desk is; the rest is read from there.

    Args:
        directory: an existing one, without a desk; the desk key may lie in it.
        settings: how the brokers are reached.
        name: what the names of the topics begin with.

    Raises:
        InvalidInput: the directory has a desk, or there are no topics of a desk of this name.
        Unavailable: the brokers could not be reached.
    """
    if is_on_kafka(directory) or (directory / LEDGER.name).exists():
        raise InvalidInput(f"{directory} holds a desk already; name another directory.")
    with asked(settings) as topics:
        found = topics.find(name)
        if found is None:
            told = f"There are no topics {name}.ledger and {name}.vault at these brokers."
            raise InvalidInput(told, name=name)
        ledger, vault = found
        replicas, in_sync_min = topics.copies(ledger.name)
    genesis = _genesis(settings, ledger)
    location = Location(
        desk=UUID(genesis.desk),
        name=name,
        lanes=genesis.lanes,
        bootstrap=settings.bootstrap,
        ledger=ledger,
        vault=vault,
        replicas=replicas,
        in_sync_min=in_sync_min,
    )
    location.write(directory)
    return location


def _genesis(settings: KafkaSettings, ledger: Topic) -> Genesis:
    """What the first record of the first lane says that is its genesis."""
    extent = topic_extents(settings, ledger.name)[0]
    if extent.end > extent.begin:
        reading = read_partition(settings, ledger.name, 0, Extent(extent.begin, extent.end))
        with closing(reading) as batches:
            for batch in batches:
                for record in batch:
                    if record.key == control_key(0):
                        return _read(record.value, ledger)
    raise InvalidInput(f"{ledger.name} is not the ledger of a desk: it has no first record.")


def _read(value: bytes | None, ledger: Topic) -> Genesis:
    try:
        return read_genesis(loads_strict(value or b""), 0)
    except Malformed as problem:
        told = f"{ledger.name} is not the ledger of a desk: {problem}."
        raise InvalidInput(told, topic=ledger.name) from problem
