"""A desk's tables exported for analysts, all of one moment, with a manifest that says of which."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from deskledger.eventlog.files.whole_file import Written
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.software import SOFTWARE
from deskledger.projections.question import Tables
from deskledger.projections.schema import VERSION
from deskledger.projections.table_files import TableFile, write_tables
from deskledger.replay.aside import made_aside
from deskledger.replay.export.manifest import ListedFile, Manifest, write_manifest

KIND = "tables"


class Exported(NamedTuple):
    """What was written, and how far the tables had come."""

    manifest: Manifest
    progress: Sequence[Progress]


def export_tables(tables: Tables, desk: str, directory: Path, *, personal: bool) -> Exported:
    """Writes all tables to a directory: each as Parquet, and a DuckDB file without persons' values.

    Args:
        tables: this process's own, or those that another one owns.
        desk: the desk's id.
        directory: empty, or not there; it appears with all files in it, or not at all.
        personal: whether tables with values of persons are written as Parquet, too.

    Raises:
        InvalidInput: something lies in the directory.
        Unavailable: the disk is full, or the directory cannot be written; nothing is left.
    """
    with made_aside(directory) as aside, tables.moment() as moment:
        place = str(aside.absolute())
        files = moment.answer(write_tables, directory=place, personal=personal)
        facts: dict[str, Any] = {
            "schema_version": VERSION,
            "personal": personal,
            "progress": [_lane(lane) for lane in moment.progress],
        }
        manifest = Manifest(KIND, desk, SOFTWARE, facts, list(map(_listed, files)))
        write_manifest(aside, manifest)
        return Exported(manifest, moment.progress)


def _lane(lane: Progress) -> dict[str, Any]:
    facts = {"lane": lane.lane, "records": lane.records, "sequence": lane.sequence}
    return {**facts, "hash": lane.hash.hex()}


def _listed(file: TableFile) -> ListedFile:
    table = {} if file.table is None else {"table": file.table}
    return ListedFile(file.name, Written(file.bytes, file.sha256), {**table, "rows": file.rows})
