"""Proving the ledger, and the tables against it."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.ledger.elsewhere import Elsewhere
from deskledger.app.cli.ledger.evidence import evidence_object, tell_evidence
from deskledger.app.cli.ledger.proof import chains_object, prove_chains, tell_chains
from deskledger.app.cli.paths import check_writable, read_bytes, write_whole
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.progress import Checkpoint, read_checkpoint, write_checkpoint
from deskledger.replay.chain_report import ChainReport
from deskledger.replay.proving import Wanted

if TYPE_CHECKING:
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
        _check_comparable(session.directory)
    prove = elsewhere.prove if elsewhere.is_stated else prove_chains
    chains = prove(session, promised, wanted)
    with redirect_stdout(sys.stderr if checkpoint == STDOUT else sys.stdout):
        if not session.as_json:
            _tell(session, chains, elsewhere)
        # Tables of a ledger that does not hold would prove nothing.
        compared = not (ledger_only or elsewhere.is_stated or chains.differences)
        tables = _compared(session) if compared else None
    holds = not chains.differences and (tables is None or not tables.differences)
    if session.as_json:
        _answer(session, chains, tables, holds=holds)
    if not chains.differences:
        _give_checkpoint(session, chains, checkpoint)
    if not holds:
        raise typer.Exit(REFUSED)


def _check_comparable(directory: Path) -> None:
    # Loads DuckDB and every rule, which judging records has no use for.
    from deskledger.app.cli.tables.proof import check_comparable  # noqa: PLC0415

    check_comparable(directory)


def _compared(session: Session) -> Optional["TablesReport"]:
    from deskledger.app.cli.tables.proof import prove_tables, tell_tables  # noqa: PLC0415 - as above

    found = prove_tables(session)
    if not session.as_json:
        tell_tables(session, found)
    return found


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
    session: Session, chains: ChainReport, tables: Optional["TablesReport"], *, holds: bool
) -> None:
    evidence = chains.evidence
    told = None if evidence is None else evidence_object(evidence, chains.desk)
    compared = None
    if tables is not None:
        from deskledger.app.cli.tables.proof import tables_object  # noqa: PLC0415 - as above

        compared = tables_object(tables)
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
