"""Proving the ledger, and the tables against it."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.ledger.elsewhere import Elsewhere
from deskledger.app.cli.ledger.evidence import evidence_object, tell_evidence
from deskledger.app.cli.ledger.proof import (
    chains_object,
    check_comparable,
    prove_chains,
    prove_tables,
    tables_object,
    tell_chains,
    tell_tables,
)
from deskledger.app.cli.paths import check_writable, read_bytes, write_whole
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.progress import Checkpoint, read_checkpoint, write_checkpoint
from deskledger.replay.chain_report import ChainReport
from deskledger.replay.proving import Wanted
from deskledger.replay.tables import TablesReport

app = typer.Typer()

STDOUT = "-"


@app.command()
@command
def verify(
    session: Session,
    elsewhere: Elsewhere,
    *,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A checkpoint that was kept elsewhere."),
    ] = None,
    ledger_only: Annotated[
        bool, typer.Option("--ledger-only", help="Not the tables; this needs no desk key.")
    ] = False,
    checkpoint: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-", help="Write the checkpoint of what was proved; - for stdout alone."
        ),
    ] = None,
    stream: Annotated[
        str | None,
        typer.Option(
            metavar="STREAM|NUMBER",
            help="Tell all of a stream, such as ticket/…, or of the ticket with this number.",
        ),
    ] = None,
) -> None:
    """Judge every record again, recompute every hash, and make every table anew to compare it.

    With --lanes, or --kafka and --topic, the records alone are judged where they lie: without the
    desk, its replica, its settings or its key.

    Ends with 1 where something differs, and names the first place in each lane and table.
    """
    promised = None if against is None else _promised(against, session.directory)
    wanted = _wanted(stream)
    if checkpoint not in (None, STDOUT):
        check_writable(Path(str(checkpoint)), session.directory)
    if not (ledger_only or elsewhere.is_stated):
        check_comparable(session.directory)
    prove = elsewhere.prove if elsewhere.is_stated else prove_chains
    chains = prove(session, promised, wanted)
    with redirect_stdout(sys.stderr if checkpoint == STDOUT else sys.stdout):
        if not session.as_json:
            _tell(session, chains, elsewhere)
        # Tables of a ledger that does not hold would prove nothing.
        compared = not (ledger_only or elsewhere.is_stated or chains.differences)
        tables = prove_tables(session) if compared else None
        if compared and not session.as_json:
            tell_tables(session, tables)
    holds = not chains.differences and (tables is None or not tables.differences)
    if session.as_json:
        _answer(session, chains, tables, holds=holds)
    if not chains.differences:
        _give_checkpoint(session, chains, checkpoint)
    if not holds:
        raise typer.Exit(REFUSED)


def _promised(file: Path, desk: Path) -> Checkpoint:
    data = read_bytes(file, desk)
    try:
        return read_checkpoint(data)
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}", file=str(file)) from error


def _wanted(stated: str | None) -> Wanted:
    """A ticket's number, or the name of a stream."""
    return int(stated) if stated is not None and stated.isascii() and stated.isdigit() else stated


def _tell(session: Session, chains: ChainReport, elsewhere: Elsewhere) -> None:
    tell_chains(session, chains, "verify.lanes" if elsewhere.is_stated else "verify.holds")
    if chains.evidence is not None:
        tell_evidence(session, chains.evidence, chains.desk)


def _answer(
    session: Session, chains: ChainReport, tables: TablesReport | None, *, holds: bool
) -> None:
    evidence = chains.evidence
    told = None if evidence is None else evidence_object(evidence, chains.desk)
    compared = None if tables is None else tables_object(tables)
    answer = {"holds": holds, **chains_object(chains), "stream": told, "tables": compared}
    session.answer(answer)


def _give_checkpoint(session: Session, chains: ChainReport, target: str | None) -> None:
    """Writes the checkpoint of lanes that hold, and shows it to people; JSON has its parts."""
    data = write_checkpoint(Checkpoint(chains.desk, chains.lanes))
    if target not in (None, STDOUT):
        write_whole(Path(str(target)), data, session.directory)
    if session.as_json:
        return
    if target != STDOUT:
        session.tell("\n" + session.say("verify.checkpoint"))
    sys.stdout.write(data.decode())
