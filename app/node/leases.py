"""Which lease says in which lanes a role works here."""

from pathlib import Path

from deskledger.consumers.processes.lease import FileLease, Lease
from deskledger.eventlog.opening import Ledger
from deskledger.eventlog.store.embedded import EmbeddedLedger


def lease_of(ledger: Ledger, directory: Path, name: str) -> Lease:
    """The lease of a role: a lock in the desk's directory, or a group of the brokers.

    Args:
        ledger: of the desk.
        directory: where the desk lies.
        name: of the role, one word.
    """
    if isinstance(ledger, EmbeddedLedger):
        return FileLease(directory, name, range(ledger.lanes))
    # Loaded only where it is needed: most desks have no Kafka.
    from deskledger.consumers.processes.group_lease import GroupLease  # noqa: PLC0415

    location = ledger.location
    return GroupLease(ledger.log.settings, location.ledger.name, f"{location.name}.{name}")
