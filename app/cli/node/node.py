"""A node: the desk's long-running roles in one process."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.feed.feed_options import FeedOptions
from deskledger.app.cli.kafka.tail import tail_role
from deskledger.app.cli.logs import begin_logging
from deskledger.app.cli.node.project import project_role
from deskledger.app.cli.session import Session
from deskledger.app.cli.stopping import stopped_by_signals
from deskledger.app.node.memory import STREAMS_MAX, give_back_memory, keep_memory_small
from deskledger.app.node.processes import run_processes
from deskledger.app.node.pulse import Pulse, Tell
from deskledger.app.node.roles import Role, run_roles
from deskledger.consumers.processes.watch_beginning import OWNER_SECONDS
from deskledger.eventlog.opening import utc_now
from deskledger.eventlog.store.embedded import EmbeddedLedger

app = typer.Typer()


class RoleName(StrEnum):
    """What a node can do for the desk."""

    TAIL = "tail"
    PROJECT = "project"
    PUBLISH = "publish"
    PROCESSES = "processes"


_OF_KAFKA = frozenset({RoleName.TAIL, RoleName.PUBLISH})


@app.command()
@command
def node(
    session: Session,
    *,
    role: Annotated[
        list[RoleName] | None,
        typer.Option(help="Only this role; may be repeated. All of them by default."),
    ] = None,
) -> None:
    """Run the desk's roles until asked to stop: its processes act, its tables stay current.

    Any number of nodes may run for a desk; leases share the work among them, and nothing is done
    twice. Logs go to stderr.
    """
    begin_logging(as_json=session.as_json)
    keep_memory_small()
    desk = session.desk
    desk.writer.streams.keep_at_most(STREAMS_MAX)
    pulse = Pulse(session.directory, utc_now)
    pulse.tell("commands", desk.writer.outcomes.counts)
    names = role or _all(session)
    # The watcher begins with what the tables hold, which are being opened by then.
    owner_seconds = OWNER_SECONDS if RoleName.PROJECT in names else 0.0
    processes = partial(run_processes, session.desk, tell=pulse.tell, owner_seconds=owner_seconds)
    roles = {name.value: _role(session, name, processes, pulse.tell) for name in names}
    pulse.tell("roles", lambda: dict.fromkeys(roles, True))
    with stopped_by_signals() as stop:
        run_roles({**roles, "pulse": pulse.run, "memory": give_back_memory}, stop)


def _all(session: Session) -> list[RoleName]:
    on_kafka = not isinstance(session.desk.ledger, EmbeddedLedger)
    return [name for name in RoleName if on_kafka or name not in _OF_KAFKA]


def _role(session: Session, name: RoleName, processes: Role, tell: Tell) -> Role:
    match name:
        case RoleName.TAIL:
            return tail_role(session.desk.ledger, tell)
        case RoleName.PROJECT:
            return project_role(session)
        case RoleName.PUBLISH:
            # Loads the Kafka client, which an embedded desk has no use for.
            from deskledger.app.cli.feed.publish import publish_role  # noqa: PLC0415

            return publish_role(session, FeedOptions(), tell)
        case RoleName.PROCESSES:
            return processes
