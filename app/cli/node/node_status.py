"""What the running nodes of a desk tell, and who holds which lease."""

from collections.abc import Mapping
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.node.processes import LEASE
from deskledger.app.node.pulse import running_nodes
from deskledger.consumers.processes.lease import lease_holder
from deskledger.consumers.processes.watcher import NAME as WATCHER


def node_facts(session: Session) -> dict[str, Any]:
    """The running nodes, and the id of the operating system's process that holds the lease.

    On Kafka the brokers give leases, lane by lane: there the nodes tell which lanes they have.
    """
    return {
        "nodes": running_nodes(session.directory),
        "leases": {LEASE: lease_holder(session.directory, LEASE)},
    }


def node_lines(session: Session, facts: Mapping[str, Any]) -> list[str]:
    """The same for people: a line for each node, below it one for each part of it."""
    lines = []
    for node in facts["nodes"]:
        roles = ", ".join(node.get("roles", ()))
        lines.append(session.say("status.node", pid=node["pid"], since=node["since"], roles=roles))
        for name, told in node.items():
            if _is_part(name, told):
                lines.append(f"  {name}: {_shown(told)}")
            if name == WATCHER and told["lanes"]:
                lines.append("  " + _watched(session, told))
    return lines


def _watched(session: Session, told: Mapping[str, Any]) -> str:
    """How a watcher says that it stands: what waits, for when, and how late it is."""
    if told["next_at"] is None:
        return session.say("status.watcher_idle")
    return session.say(
        "status.watcher",
        waiting=told["waiting"],
        next=told["next_at"],
        seconds=told["late_seconds"],
    )


def _is_part(name: str, told: object) -> bool:
    return isinstance(told, dict) and name != "roles"


def _shown(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_short(value)}" for name, value in told.items() if value is not None)


def _short(value: Any) -> str:
    return f"{len(value)}" if isinstance(value, list) else str(value)
