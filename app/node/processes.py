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
from deskledger.consumers.processes.open_tickets import OpenTickets
from deskledger.consumers.processes.policies import Policies
from deskledger.consumers.processes.reactions import ProcessManager
from deskledger.consumers.processes.redactor import Redactor
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.tables_beside import TablesBeside
from deskledger.consumers.processes.waker import Waker
from deskledger.consumers.processes.watch_beginning import FromTables
from deskledger.consumers.processes.watcher import NAME as WATCHER
from deskledger.consumers.processes.watcher import Watcher


def desk_view(desk: Desk) -> DeskView:
    """The desk as its processes may ask it."""
    return DeskView(desk.ledger, _state_of(desk))


def open_tickets(desk: Desk) -> OpenTickets:
    """The desk's open tickets as its processes may ask for them."""
    return OpenTickets(desk.ledger, TablesBeside(desk.directory, desk.ledger))


def _state_of(desk: Desk) -> Callable[[str], Any]:
    return lambda stream: desk.writer.streams.load(stream).state


PROCESSES: Mapping[str, Callable[[Desk], ProcessManager]] = {
    Waker.name: lambda _desk: Waker(),
    Addresses.name: lambda _desk: Addresses(),
    Memberships.name: lambda desk: Memberships(desk.ledger, _state_of(desk)),
    Linker.name: lambda desk: Linker(desk_view(desk)),
    Closer.name: lambda _desk: Closer(),
    Policies.name: lambda desk: Policies(open_tickets(desk)),
    Redactor.name: lambda desk: Redactor(desk.ledger, desk.vault),
    Escalator.name: lambda desk: Escalator(desk.ledger, _state_of(desk)),
}
"""What makes each process manager of a desk, by its name."""

LEASE = "processes"
"""All of them share one lease: on Kafka each lease is a client and threads of its own."""


def run_processes(
    desk: Desk,
    stop: threading.Event,
    tell: Tell = tell_nobody,
    *,
    owner_seconds: float = 0.0,
) -> None:
    """Runs every process manager of a desk until `stop` is set; says of each how it is.

    Args:
        desk: whose processes.
        stop: ends them within about a second.
        tell: takes what gives the facts of each.
        owner_seconds: how long the watcher waits for an owner of the tables that is to come.

    Raises:
        LedgerDamaged: the ledger does not hold what a process had read from it.
    """
    tables = TablesBeside(desk.directory, desk.ledger, owner_seconds=owner_seconds)
    begin = FromTables(tables, desk.ledger)
    with closing(lease_of(desk.ledger, desk.directory, LEASE)) as lease:
        parts = Parts(desk.ledger, desk.writer, desk.clock, lease)
        roles = {
            name: _role(name, Runner(make(desk), parts), tell) for name, make in PROCESSES.items()
        }
        roles[WATCHER] = _role(WATCHER, Watcher(parts, desk.ledger, begin), tell)
        run_roles(roles, stop)


def _role(name: str, process: Runner | Watcher, tell: Tell) -> Role:
    def run(stop: threading.Event) -> None:
        tell(name, process.facts)
        process.run(stop)

    return run
