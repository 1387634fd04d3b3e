"""Saying how far the ledger has come, so that it can be proved later."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.paths import write_whole
from deskledger.app.cli.session import Session
from deskledger.eventlog.progress import Checkpoint, write_checkpoint

app = typer.Typer()


@app.command()
@command
def checkpoint(
    session: Session,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Instead of stdout.")
    ] = None,
) -> None:
    """Write a checkpoint: how far each lane has come, with its hash there.

    Keep it where whoever can change the ledger cannot: `verify --against` then also finds a ledger
    that was cut off or written anew. It holds no personal value and needs no key.
    """
    ledger = session.ledger
    data = write_checkpoint(Checkpoint(ledger.desk, tuple(ledger.progress())))
    if output is None:
        sys.stdout.write(data.decode())
        return
    write_whole(output, data, session.settings.desk)
    if session.as_json:
        session.answer({"file": str(output)})
    else:
        session.tell(session.say("checkpoint", file=output))
