"""The desk's process managers as roles of a node."""

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from deskledger.app.desk import Desk
from deskledger.app.node.leases import lease_of
from deskledger.app.node.pulse import Tell, tell_nobody
from deskledger.app.node.roles import Role, run_roles
from deskledger.consumers.processes.addresses import Addresses
from deskledger.consumers.processes.closer import Closer
from deskledger.consumers.processes.desk_view import DeskView
from deskledger.consumers.processes.escalator import Escalator
from deskledger.consumers.processes.linker import Linker
from deskledger.consumers.processes.memberships import Memberships
from deskledger.consumers.processes.reactions import ProcessManager
from deskledger.consumers.processes.redactor import Redactor
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.waker import Waker


def desk_view(desk: Desk) -> DeskView:
    """The desk as its processes may ask it."""
    return DeskView(desk.ledger, _state_of(desk))


def _state_of(desk: Desk) -> Callable[[str], Any]:
    return lambda stream: desk.writer.streams.load(stream).state


PROCESSES: Mapping[str, Callable[[Desk], ProcessManager]] = {
    Waker.name: lambda _desk: Waker(),
    Addresses.name: lambda _desk: Addresses(),
    Memberships.name: lambda desk: Memberships(desk.ledger, _state_of(desk)),
    Linker.name: lambda desk: Linker(desk_view(desk)),
    Closer.name: lambda _desk: Closer(),
    Redactor.name: lambda desk: Redactor(desk.ledger, desk.vault),
    Escalator.name: lambda desk: Escalator(_state_of(desk)),
}
"""What makes each process manager of a desk, by its name."""


LEASE = "processes"
"""All of them share one lease: on Kafka each lease is a client and threads of its own."""


def run_processes(desk: Desk, stop: threading.Event, tell: Tell = tell_nobody) -> None:
    """Runs every process manager of a desk until `stop` is set; says of each how it is.

    Raises:
        LedgerDamaged: the ledger does not hold what a process had read from it.
    """
    with closing(lease_of(desk.ledger, desk.directory, LEASE)) as lease:
        parts = Parts(desk.ledger, desk.writer, desk.clock, lease)
        run_roles({name: _role(make(desk), parts, tell) for name, make in PROCESSES.items()}, stop)


def _role(process: ProcessManager, parts: Parts, tell: Tell) -> Role:
    def run(stop: threading.Event) -> None:
        runner = Runner(process, parts)
        tell(process.name, runner.facts)
        runner.run(stop)

    return run
