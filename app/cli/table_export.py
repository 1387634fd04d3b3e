"""The tables written to files for analysts."""

from pathlib import Path

from deskledger.app.cli.projected import freshness, tell_freshness
from deskledger.app.cli.session import Session
from deskledger.replay.export.table_export import export_tables


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
