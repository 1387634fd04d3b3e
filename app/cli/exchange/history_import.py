"""Importing the history of another system."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.paths import not_of_a_desk
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar, reached
from deskledger.app.cli.shown.drawing import safe
from deskledger.consumers.history.importer import Target, import_history
from deskledger.consumers.history.mapping_files import load_mapping
from deskledger.consumers.history.report import ImportReport

app = typer.Typer()


@app.command("import")
@command
def import_log(
    session: Session,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV or XES log, or a zip of one.")
    ],
    mapping: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="A shipped mapping, or a mapping file.")
    ],
) -> None:
    """Import a log; importing it again adds only the rows that are new.

    Every row is accounted for. Ends with 1 where rows were refused or quarantined.
    """
    rules = load_mapping(mapping)
    desk = session.desk
    not_of_a_desk(file, desk.directory)
    target = Target(desk.writer, desk.ledger, desk.vault.secrets)
    with bar(session, "import.bar", 1.0) as advance:
        tell = reached(advance)
        report = import_history(file, rules, target, progress=lambda told: tell(told.fraction))
    if session.as_json:
        session.answer(report.as_json())
    else:
        session.tell("\n".join(_account(session, report)))
    if report.refused or report.quarantined:
        raise typer.Exit(REFUSED)


def _account(session: Session, report: ImportReport) -> Iterator[str]:
    yield session.say(
        "import.title", file=safe(report.file), mapping=report.mapping, rows=report.rows
    )
    yield session.say("import.used", count=report.used, events=report.events, opened=report.opened)
    yield session.say("import.no_change", count=report.no_change)
    yield session.say("import.already", count=report.already_imported)
    yield session.say("import.refused", count=report.refused.total())
    yield from _reasons(session, report, report.refused)
    yield session.say("import.quarantined", count=report.quarantined.total())
    yield from _reasons(session, report, report.quarantined)
    if report.unread:
        yield session.say("import.unread", columns=safe(", ".join(report.unread)))


def _reasons(session: Session, report: ImportReport, counts: Counter[str]) -> Iterator[str]:
    for reason, count in counts.most_common():
        yield session.say("import.reason", reason=reason, count=count)
        for one in report.examples[reason]:
            case = safe(one.case) or "–"
            detail = safe(one.detail)
            yield session.say("import.example", line=one.line, case=case, detail=detail)
