"""Events per second of exporting lanes, making a desk of them again, and exporting tables and logs.

Each way runs in a process of its own, for its peak of memory; beside them stands a bare loop that
only hashes the same values and inserts them into one SQLite table.

Arguments: how many tickets; then which ways, all by default. `lane` takes one lane alone, in one
process, and tells the steps apart: what the steps cost once nothing has to start.
"""

import hashlib
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from generate import TICKETS, generated_desk
from measuring import measured
from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.eventlog.files.whole_file import whole_file
from deskledger.eventlog.records import LEDGER
from deskledger.eventlog.software import SOFTWARE
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.store.loading import LoadedLane, load_ledger
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore
from deskledger.replay.export.forms import Form
from deskledger.replay.export.lane_files import LaneFile, LaneTask, export_lanes
from deskledger.replay.export.lane_lines import LaneHeader
from deskledger.replay.export.ocel_json import write_ocel
from deskledger.replay.export.ocel_sqlite import write_ocel_database
from deskledger.replay.export.process_log import traces
from deskledger.replay.export.table_export import export_tables
from deskledger.replay.export.xes_file import write_xes
from deskledger.replay.exported_lane import ExportedLane
from deskledger.replay.ledger_rows import desk_and_lanes, lane_rows, reading
from deskledger.replay.restore.judged_lanes import ListedLane
from deskledger.replay.restore.restoring import find_export, restore_desk

TICKETS_BY_DEFAULT = min(TICKETS, 10_000)


def main() -> None:
    """Export the generated desk in every form, and make it again."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS_BY_DEFAULT
    directory = generated_desk(tickets)
    with EmbeddedLedger.open(directory) as ledger:
        ends = ledger.progress()
    events, records = (sum(getattr(end, name) for end in ends) for name in ("sequence", "records"))
    print_machine()
    if sys.argv[2:] == ["lane"]:
        _measure_lane(directory / LEDGER.name)
        return
    with scratch() as place:
        works = _works(directory, place)
        chosen = sys.argv[2:] or list(works)
        rows = [measured(name, works[name]) for name in works if name in chosen]
    print_table(
        f"{tickets:,} tickets, {events:,} events in {records:,} records",
        ("", "seconds", "events/s", "CPU µs an event", "peak MiB"),
        [
            (name, seconds, events / seconds, used * 1e6 / events, peak)
            for name, seconds, used, peak in rows
        ],
    )


def _measure_lane(ledger: Path) -> None:
    rows: list[tuple[str, float, float]] = []
    with scratch() as place:
        for form in Form:
            (place / form).mkdir()
            began = time.process_time()
            file = LaneTask(ledger, place / form, 0, form)(lambda _: None)
            rows.append((f"export-{form}", *_per(file.header, time.process_time() - began)))
            judged, inserted = _restore_lane(file, place / form)
            rows.append((f"restore-{form}, judged", *_per(file.header, judged)))
            rows.append((f"restore-{form}, inserted", *_per(file.header, inserted)))
    columns = ("", "CPU µs an event", "CPU µs a record")
    print_table(f"lane 0: {file.header.sequence:,} events", columns, rows)


def _per(header: LaneHeader, seconds: float) -> tuple[float, float]:
    return seconds * 1e6 / header.sequence, seconds * 1e6 / header.records


def _restore_lane(file: LaneFile, directory: Path) -> tuple[float, float]:
    """Seconds of processor time of judging a lane's file, and of filling a ledger with it."""
    inserted, began = 0.0, time.process_time()
    header = file.header
    with load_ledger(directory, header.desk, header.lanes, with_keys=False) as loading:

        def take(loaded: LoadedLane) -> None:
            nonlocal inserted
            before = time.process_time()
            loading.add(loaded)
            inserted += time.process_time() - before

        ListedLane(ExportedLane(file.path, header), file.written.sha256).restore(take)
        judged = time.process_time() - began - inserted
    return judged, time.process_time() - began - judged


def _works(directory: Path, place: Path) -> dict[str, Callable[[], object]]:
    ledger = directory / LEDGER.name
    works: dict[str, Callable[[], object]] = {"bare": partial(_bare, ledger, place)}
    for form in Form:
        works[f"export-{form}"] = partial(_export, ledger, place / form, form)
        works[f"restore-{form}"] = partial(_restore, place / form, place / f"desk-{form}")
    works["project"] = partial(_project, directory, place / NAME)
    for kind in ("tables", "xes", "ocel", "ocel-sqlite"):
        works[kind] = partial(_write, directory, place / NAME, place, kind)
    return works


def _bare(ledger: Path, place: Path) -> None:
    with reading(ledger) as source, closing(sqlite3.connect(place / "bare.sqlite")) as target:
        target.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, hash BLOB, value BLOB)")
        for lane in range(desk_and_lanes(source)[1]):
            for rows in lane_rows(source, ledger, lane):
                hashed = [(row.id, hashlib.sha256(row.value or b""), row.value) for row in rows]
                told = [(one, digest.digest(), value) for one, digest, value in hashed]
                target.executemany("INSERT INTO record VALUES (?, ?, ?)", told)
        target.commit()


def _export(ledger: Path, directory: Path, form: Form) -> None:
    export_lanes(ledger, directory, lambda _: None, form=form, processes=2)


def _restore(source: Path, directory: Path) -> None:
    restore_desk(find_export(source), directory)
    shutil.rmtree(directory)


def _project(directory: Path, tables: Path) -> None:
    with Desk.open(directory) as desk, ProjectionStore.open(tables, desk.ledger.desk) as store:
        Projector(store, desk.ledger, desk.vault.data_keys).catch_up()


def _write(directory: Path, tables: Path, place: Path, kind: str) -> None:
    with EmbeddedLedger.open(directory) as ledger:
        desk = ledger.desk
    with ProjectionStore.open(tables, desk) as store:
        if kind == "tables":
            export_tables(store, desk, place / kind, personal=False)
            return
        with store.moment() as moment:
            if kind == "ocel-sqlite":
                write_ocel_database(place / kind, traces(moment))
                return
            with whole_file(place / kind) as output:
                if kind == "xes":
                    write_xes(output, desk, SOFTWARE, traces(moment))
                else:
                    write_ocel(output, lambda: traces(moment))


if __name__ == "__main__":
    main()
