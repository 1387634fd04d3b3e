"""The tables written to files for analysts, and for process-mining tools."""

from collections.abc import Callable
from pathlib import Path

from deskledger.app.cli.paths import check_writable
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.eventlog.files.whole_file import read_written, whole_file, whole_path
from deskledger.eventlog.software import SOFTWARE
from deskledger.projections.question import Moment
from deskledger.replay.export.ocel_json import write_ocel
from deskledger.replay.export.ocel_sqlite import write_ocel_database
from deskledger.replay.export.process_log import traces
from deskledger.replay.export.table_export import export_tables
from deskledger.replay.export.xes_file import write_xes

DATABASE_SUFFIX = ".sqlite"


def write_tables(session: Session, directory: Path, *, personal: bool) -> None:
    """Writes the tables as they are now and says what was written."""
    desk = session.desk.ledger.desk
    manifest, progress = export_tables(session.tables, desk, directory, personal=personal)
    if session.as_json:
        told = manifest.as_json()
        session.answer({"directory": str(directory), **told, **freshness(session, progress)})
        return
    events = sum(lane.sequence for lane in progress)
    rows = sum(file.facts["rows"] for file in manifest.files if "table" in file.facts)
    facts = {"files": len(manifest.files), "rows": rows, "events": events}
    session.tell(session.say("export.tables", directory=directory, **facts))
    tell_freshness(session, progress)


def write_xes_file(session: Session, path: Path) -> None:
    """Writes all tickets as an event log in XES, and says so."""
    desk = session.ledger.desk

    def write(now: Moment) -> int:
        with whole_file(path) as output:
            return write_xes(output, desk, SOFTWARE, traces(now))

    _write(session, path, write)


def write_ocel_file(session: Session, path: Path) -> None:
    """Writes all tickets as an object-centric event log, and says so.

    Args:
        session: of the desk.
        path: a database of SQLite if its name says so, JSON otherwise: as tools read it.
    """

    def write_json(now: Moment) -> int:
        with whole_file(path) as output:
            return write_ocel(output, lambda: traces(now))

    def write_database(now: Moment) -> int:
        with whole_path(path) as aside:
            return write_ocel_database(aside, traces(now))

    _write(session, path, write_database if path.suffix == DATABASE_SUFFIX else write_json)


def _write(session: Session, path: Path, write: Callable[[Moment], int]) -> None:
    check_writable(path, session.directory)
    with session.tables.moment() as moment:
        events = write(moment)
        progress = moment.progress
    written = read_written(path)
    facts = {"file": str(path), "events": events, "bytes": written.bytes}
    if session.as_json:
        session.answer({**facts, "sha256": written.sha256, **freshness(session, progress)})
        return
    session.tell(session.say("export.log", **facts))
    tell_freshness(session, progress)
