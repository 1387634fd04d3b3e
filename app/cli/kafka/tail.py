"""Keeping a node's replica of a log on Kafka current, without anybody asking for it."""

from functools import partial
from typing import TYPE_CHECKING

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.logs import begin_logging
from deskledger.app.cli.session import Session
from deskledger.app.cli.stopping import stopped_by_signals
from deskledger.app.node.pulse import Facts, Tell, tell_nobody
from deskledger.app.node.roles import Role, run_roles
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.opening import Ledger
from deskledger.eventlog.store.embedded import EmbeddedLedger

if TYPE_CHECKING:
    from deskledger.eventlog.kafka.ledger import KafkaLedger

app = typer.Typer()


@app.command()
@command
def tail(session: Session) -> None:
    """Read the log of a desk on Kafka into this directory's replica until asked to stop.

    Commands bring the replica up to date themselves; beside a running tail they find it so.
    """
    role = tail_role(session.ledger)
    begin_logging(as_json=session.as_json)
    with stopped_by_signals() as stop:
        run_roles({"tail": role}, stop)


def tail_role(ledger: Ledger, tell: Tell = tell_nobody) -> Role:
    """The role for a ledger on Kafka.

    Raises:
        InvalidInput: the ledger lies in the desk's directory.
    """
    if isinstance(ledger, EmbeddedLedger):
        raise InvalidInput("This desk's ledger lies in its directory, where it needs no tail.")
    from deskledger.app.node.tail import run_tail  # noqa: PLC0415 - loads the Kafka client

    tell("log", lambda: _standing(ledger))
    return partial(run_tail, ledger)


def _standing(ledger: "KafkaLedger") -> Facts:
    now = ledger.freshness()
    return {"fresh": now.is_fresh, "at": now.at, "trouble": now.trouble or None}
