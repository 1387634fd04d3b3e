"""Proving the ledger, and the tables against it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli.bars import bar
from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.paths import read_bytes
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables import safe
from deskledger.eventlog.database import desk_of
from deskledger.eventlog.progress import Checkpoint, read_checkpoint
from deskledger.eventlog.records import LEDGER
from deskledger.replay.chain_report import ChainReport, Difference
from deskledger.replay.chains import count_records, verify_chains

app = typer.Typer()

SHOWN_MAX = 64
NOTHING = "–"


@app.command()
@command
def verify(
    session: Session,
    *,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A checkpoint that was kept elsewhere."),
    ] = None,
) -> None:
    """Judge every record again, recompute every hash, and compare every table with the ledger.

    Ends with 1 where something differs, and names the first place in each lane and table.
    """
    promised = None if against is None else _checkpoint(session, against)
    chains = prove_chains(session, promised)
    if session.as_json:
        session.answer(_object(chains))
    else:
        tell_chains(session, chains)
    if chains.differences:
        raise typer.Exit(REFUSED)


def prove_chains(session: Session, promised: Checkpoint | None = None) -> ChainReport:
    """Verifies the ledger's file, with a bar where it takes long."""
    path = session.settings.desk / LEDGER.name
    desk_of(path, LEDGER)
    with bar(session, "verify.bar", count_records(path)) as advance:
        return verify_chains(path, against=promised, progress=advance)


def tell_chains(session: Session, report: ChainReport) -> None:
    """Says what was found in the ledger."""
    void = sum(report.void.values())
    facts = {"records": report.records, "effective": report.effective, "void": void}
    if report.differences:
        session.tell(session.say("verify.differs", count=len(report.differences), **facts))
        for one in report.differences:
            place = {name: _shown(value) for name, value in _difference(one).items()}
            session.tell(safe(session.say("verify.difference", **place)))
    else:
        session.tell(session.say("verify.holds", lanes=len(report.lanes), **facts))
    if report.against is None:
        session.note(session.say("verify.alone"))


def _checkpoint(session: Session, path: Path) -> Checkpoint:
    return read_checkpoint(read_bytes(path, session.settings.desk))


def _object(report: ChainReport) -> dict[str, Any]:
    return {
        "desk": report.desk,
        "holds": not report.differences,
        "checkpoint": report.against is not None,
        "records": report.records,
        "effective": report.effective,
        "void": report.void,
        "lanes": [
            {
                "lane": lane.lane,
                "records": lane.records,
                "sequence": lane.sequence,
                "hash": lane.hash.hex(),
            }
            for lane in report.lanes
        ],
        "differences": [_difference(one) for one in report.differences],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "lane": one.lane,
        "record": one.record,
        "stream": one.stream,
        "what": one.what,
        "expected": _plain(one.expected),
        "found": _plain(one.found),
    }


def _shown(value: object) -> str:
    text = NOTHING if value is None else str(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
