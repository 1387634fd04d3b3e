"""Proving the ledger, and the tables against it."""

from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.paths import read_bytes
from deskledger.app.cli.proof import (
    chains_object,
    prove_chains,
    prove_tables,
    tables_object,
    tell_chains,
    tell_tables,
)
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.progress import Checkpoint, read_checkpoint

app = typer.Typer()


@app.command()
@command
def verify(
    session: Session,
    *,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A checkpoint that was kept elsewhere."),
    ] = None,
    ledger_only: Annotated[
        bool, typer.Option("--ledger-only", help="Not the tables; this needs no desk key.")
    ] = False,
) -> None:
    """Judge every record again, recompute every hash, and make every table anew to compare it.

    Ends with 1 where something differs, and names the first place in each lane and table.
    """
    promised = None if against is None else _promised(against, session.directory)
    chains = prove_chains(session, promised)
    if not session.as_json:
        tell_chains(session, chains)
    # Tables of a ledger that does not hold would prove nothing.
    compared = not ledger_only and not chains.differences
    tables = prove_tables(session) if compared else None
    holds = not chains.differences and (tables is None or not tables.differences)
    if session.as_json:
        told = None if tables is None else tables_object(tables)
        session.answer({"holds": holds, **chains_object(chains), "tables": told})
    elif compared:
        tell_tables(session, tables)
    if not holds:
        raise typer.Exit(REFUSED)


def _promised(file: Path, desk: Path) -> Checkpoint:
    data = read_bytes(file, desk)
    try:
        return read_checkpoint(data)
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}", file=str(file)) from error
