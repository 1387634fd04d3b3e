"""Proving the tables against the ledger, and saying what was found."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deskledger.app.cli.ledger.proof import shown_facts
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.tables.projected import find_tables, records_of
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.vault.file import VAULT
from deskledger.projections.astray import check_progress
from deskledger.projections.errors import Astray
from deskledger.projections.file import NAME
from deskledger.projections.question import Tables
from deskledger.projections.schema import needs_grant
from deskledger.replay.tables import TableDifference, TablesReport, verify_tables


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
        session.tell(session.say("verify.tables.difference", **shown_facts(_table_difference(one))))


def tables_object(report: TablesReport) -> dict[str, Any]:
    """The report on the tables as JSON shows it."""
    return {
        "rows": report.rows,
        "differences": [_table_difference(one) for one in report.differences],
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
