"""The desk's process managers as roles of a node."""

import threading
from contextlib import closing

from deskledger.app.desk import Desk
from deskledger.app.node.roles import Role, run_roles
from deskledger.consumers.processes.lease import FileLease, Lease
from deskledger.consumers.processes.reactions import ProcessManager
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.waker import Waker
from deskledger.eventlog.embedded import EmbeddedLedger

PROCESSES: tuple[type[ProcessManager], ...] = (Waker,)


def run_processes(desk: Desk, stop: threading.Event) -> None:
    """Runs every process manager of a desk until `stop` is set.

    Raises:
        LedgerDamaged: the ledger does not hold what a process had read from it.
    """
    run_roles({kind.name: _role(desk, kind()) for kind in PROCESSES}, stop)


def _role(desk: Desk, process: ProcessManager) -> Role:
    def run(stop: threading.Event) -> None:
        with closing(_lease(desk, process.name)) as lease:
            Runner(process, Parts(desk.ledger, desk.writer, desk.clock, lease)).run(stop)

    return run


def _lease(desk: Desk, name: str) -> Lease:
    if isinstance(desk.ledger, EmbeddedLedger):
        return FileLease(desk.directory, name, range(desk.ledger.lanes))
    # Loaded only where it is needed: most desks have no Kafka.
    from deskledger.consumers.processes.group_lease import GroupLease  # noqa: PLC0415

    location = desk.ledger.location
    group = f"{location.name}.{name}"
    return GroupLease(desk.ledger.log.settings, location.ledger.name, group)
