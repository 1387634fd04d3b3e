"""What leaves the desk in other forms."""

from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli.bars import bar
from deskledger.app.cli.command import command
from deskledger.app.cli.proof import ledger_file
from deskledger.app.cli.session import Session
from deskledger.replay.chains import count_records
from deskledger.replay.export.forms import Form
from deskledger.replay.export.lane_files import LaneFile, export_lanes
from deskledger.replay.proving import PROCESSES, RECORDS_ALONE_MAX

app = typer.Typer()


@app.command()
@command
def export(
    session: Session,
    *,
    lanes: Annotated[
        Path,
        typer.Option(metavar="DIRECTORY", help="Write each lane to a file there, and a manifest."),
    ],
    form: Annotated[
        Form, typer.Option("--form", help="Of the files of lanes: JSON Lines, or Parquet.")
    ] = Form.JSONL,
) -> None:
    """Write every record out, byte for byte; this needs no desk key.

    A file is whole or not there; an earlier export of the same desk is replaced. Others can prove
    the files with `verify --lanes`, and read them as docs/lane-export.md says; `restore` makes the
    desk again.
    """
    path = ledger_file(session)
    records = count_records(path)
    processes = 1 if records <= RECORDS_ALONE_MAX else PROCESSES
    with bar(session, "export.bar", records) as advance:
        files = export_lanes(path, lanes, advance, form=form, processes=processes)
    if session.as_json:
        desk = files[0].header.desk
        told = [_object(file) for file in files]
        session.answer({"directory": str(lanes), "desk": desk, "lanes": told})
        return
    records = sum(file.header.records for file in files)
    session.tell(session.say("export", lanes=len(files), records=records, directory=lanes))


def _object(file: LaneFile) -> dict[str, Any]:
    header = file.header
    return {
        "lane": header.lane,
        "file": file.path.name,
        "records": header.records,
        "sequence": header.sequence,
        "hash": header.hash.hex(),
        "bytes": file.written.bytes,
        "sha256": file.written.sha256,
    }
