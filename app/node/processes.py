"""The desk's process managers as roles of a node."""

import threading
from contextlib import closing

from deskledger.app.desk import Desk
from deskledger.app.node.leases import lease_of
from deskledger.app.node.roles import Role, run_roles
from deskledger.consumers.processes.reactions import ProcessManager
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.waker import Waker

PROCESSES: tuple[type[ProcessManager], ...] = (Waker,)


def run_processes(desk: Desk, stop: threading.Event) -> None:
    """Runs every process manager of a desk until `stop` is set.

    Raises:
        LedgerDamaged: the ledger does not hold what a process had read from it.
    """
    run_roles({kind.name: _role(desk, kind()) for kind in PROCESSES}, stop)


def _role(desk: Desk, process: ProcessManager) -> Role:
    def run(stop: threading.Event) -> None:
        with closing(lease_of(desk.ledger, desk.directory, process.name)) as lease:
            Runner(process, Parts(desk.ledger, desk.writer, desk.clock, lease)).run(stop)

    return run
