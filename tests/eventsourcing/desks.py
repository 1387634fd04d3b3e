"""Desks for applications of the library, and the settings that name them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eventsourcing.persistence import StoredEvent

from deskledger.eventlog.eventsourcing.ledger import ApplicationLedger
from deskledger.eventlog.eventsourcing.stream import ApplicationStream
from deskledger.eventlog.opening import utc_now
from tests.eventlog.build import new_ledger

# How a busy machine reaches brokers, of a desk that is on Kafka.
PATIENT = {"DESKLEDGER_KAFKA_CONNECT_SECONDS": "30"}
MODULE = "deskledger.eventlog.eventsourcing"

Settings = Mapping[str, str]


@contextmanager
def embedded_desk() -> Iterator[Settings]:
    """The settings of an application on a new, empty ledger in files."""
    with TemporaryDirectory() as directory:
        new_ledger(Path(directory)).close()
        yield {"PERSISTENCE_MODULE": MODULE, "DESKLEDGER_DESK": directory}


def applications_stream(ledger: ApplicationLedger, name: str, directory: Path) -> ApplicationStream:
    """A stream of an application, with the machine's clock."""
    return ApplicationStream(ledger, name, directory, clock=utc_now, deadline_seconds=5.0)


def stored_event(originator: str, version: int = 1, state: bytes = b"") -> StoredEvent:
    """An invented event."""
    return StoredEvent(originator, version, "topic", state)
