"""Proving the ledger and the tables, and saying what was found."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.shown.drawing import one_line
from deskledger.app.cli.tables.projected import find_tables, records_of
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.files.database import desk_of
from deskledger.eventlog.kafka.location import is_on_kafka
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.progress import Checkpoint, Progress
from deskledger.eventlog.records import LEDGER
from deskledger.eventlog.vault.file import VAULT
from deskledger.projections.astray import check_progress
from deskledger.projections.errors import Astray
from deskledger.projections.file import NAME
from deskledger.projections.question import Tables
from deskledger.projections.schema import needs_grant
from deskledger.replay.chain_report import ChainReport, Difference
from deskledger.replay.chains import count_records, verify_chains
from deskledger.replay.proving import Wanted
from deskledger.replay.tables import TableDifference, TablesReport, verify_tables

SHOWN_MAX = 64
NOTHING = "–"


def ledger_file(session: Session) -> Path:
    """The file that holds the desk's records, that of a desk on Kafka brought up to the log's end.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: it cannot be read.
    """
    kind = REPLICA if is_on_kafka(session.directory) else LEDGER
    path = session.directory / kind.name
    if kind is REPLICA:
        # Brought up to the log's end first, and made where it is missing.
        session.ledger.progress()
    desk_of(path, kind)
    return path


def prove_chains(
    session: Session, promised: Checkpoint | None = None, wanted: Wanted = None
) -> ChainReport:
    """Judges every record of the ledger again; needs no desk key.

    Args:
        session: of the command.
        promised: a checkpoint that the ledger must contain.
        wanted: a stream, or a ticket's number, of which all is to be told.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: it cannot be read.
    """
    path = ledger_file(session)
    with bar(session, "verify.bar", count_records(path)) as advance:
        return verify_chains(path, against=promised, wanted=wanted, progress=advance)


def check_comparable(directory: Path) -> None:
    """Checks, before long work, that tables that are there can be compared here.

    Raises:
        Unavailable: the directory or one of its files cannot be written.
    """
    tables = directory / NAME
    if not tables.exists():
        return
    for path in (directory, directory / VAULT.name, tables):
        if path.exists() and not os.access(path, os.W_OK):
            told = (
                f"{path} cannot be written, which comparing the tables needs. `deskledger verify "
                "--ledger-only` proves the ledger here; for the tables, give this user the right, "
                "or verify a copy that can be written."
            )
            raise Unavailable(told, file=str(path))


def prove_tables(session: Session) -> TablesReport | None:
    """Makes every table anew, as far as the tables are, and compares; None where there are none.

    Raises:
        Outdated, Unavailable, WrongDeskKey, ForeignFile, NewerVersion: they cannot be compared.
    """
    if not (session.directory / NAME).exists():
        return None
    with find_tables(session, session.desk.ledger.desk) as tables:
        return prove_open_tables(session, tables)


def prove_open_tables(session: Session, tables: Tables) -> TablesReport:
    """Compares tables, be they open already or behind their owner.

    Tables that had read what the ledger does not hold differ in their progress: it was cut off or
    changed since.

    Raises:
        Unavailable: there is no room to make them anew.
    """
    desk = session.desk
    with tables.moment() as now:
        progress = now.progress
    try:
        check_progress(progress, desk.ledger)
    except Astray as astray:
        return TablesReport(progress, {}, [_beyond(session, progress, astray.facts["lane"])])
    aside = session.directory / f".{NAME}.verify"
    with bar(session, "verify.tables.bar", records_of(progress)) as advance:
        return verify_tables(
            tables,
            desk.ledger,
            desk.vault.data_keys,
            aside=aside,
            report=advance,
            opener=session.opener,
        )


def _beyond(session: Session, progress: Sequence[Progress], lane: int) -> TableDifference:
    """The difference of a lane that the tables had read differently, or further."""
    read = next(one for one in progress if one.lane == lane)
    there = session.desk.ledger.progress_at(lane, read.records)
    expected = None if there is None else there.hash.hex()
    return TableDifference("progress", (lane,), "hash", read.hash.hex(), expected)


def tell_chains(session: Session, report: ChainReport, holds: str = "verify.holds") -> None:
    """Says what was found in the ledger; `holds` names the text for one that holds."""
    void = sum(report.void.values())
    facts = {
        "records": report.records,
        "effective": report.effective,
        "control": report.records - report.effective - void,
        "void": void,
    }
    if report.differences:
        session.tell(session.say("verify.differs", count=len(report.differences), **facts))
    else:
        place = {"lanes": len(report.lanes), "count": report.count, "desk": report.desk}
        session.tell(session.say(holds, **place, **facts))
    for one in report.differences:
        session.tell(session.say("verify.difference", **_shown(_difference(one))))
    if report.gaps:
        session.note(session.say("verify.gaps", count=report.gaps))
    if report.against is None:
        session.note(session.say("verify.alone"))


def tell_tables(session: Session, report: TablesReport | None) -> None:
    """Says what was found in the tables."""
    if report is None:
        session.tell(session.say("verify.tables.none"))
        return
    facts = {"tables": len(report.rows), "rows": sum(report.rows.values())}
    if not report.differences:
        session.tell(session.say("verify.tables.holds", **facts))
        return
    session.tell(session.say("verify.tables.differs", count=len(report.differences), **facts))
    for one in report.differences:
        session.tell(session.say("verify.tables.difference", **_shown(_table_difference(one))))


def chains_object(report: ChainReport) -> dict[str, Any]:
    """The report on the ledger as JSON shows it."""
    return {
        "desk": report.desk,
        "checkpoint": report.against is not None,
        "records": report.records,
        "effective": report.effective,
        "void": report.void,
        "gaps": report.gaps,
        "lanes_in_all": report.count,
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


def tables_object(report: TablesReport) -> dict[str, Any]:
    """The report on the tables as JSON shows it."""
    return {
        "rows": report.rows,
        "differences": [_table_difference(one) for one in report.differences],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "lane": one.lane,
        "record": one.record,
        "stream": one.stream,
        "what": one.what,
        "expected": one.expected.hex() if isinstance(one.expected, bytes) else one.expected,
        "found": one.found.hex() if isinstance(one.found, bytes) else one.found,
    }


def _table_difference(one: TableDifference) -> dict[str, Any]:
    """The first difference of a table; values of persons are left out."""
    hidden = needs_grant(one.table)
    return {
        "table": one.table,
        "key": list(one.key),
        "column": one.column,
        "expected": None if hidden else one.expected,
        "found": None if hidden else one.stored,
    }


def _shown(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts on one line each, however long they are."""
    return {name: _short(value) for name, value in facts.items()}


def _short(value: object) -> str:
    text = NOTHING if value is None else one_line(str(value))
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
