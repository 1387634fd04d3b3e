"""What leaves the desk in other forms."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.exchange.key_options import KeyOptions
from deskledger.app.cli.ledger.proof import ledger_file
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import KeysMissing, Unavailable
from deskledger.eventlog.files.whole_file import whole_file
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.vault.desk_key import read_desk_key
from deskledger.replay.chains import count_records
from deskledger.replay.export.forms import Form
from deskledger.replay.export.lane_files import LaneFile, export_lanes
from deskledger.replay.proving import PROCESSES, RECORDS_ALONE_MAX

app = typer.Typer()


@dataclass(frozen=True)
class Wanted:
    """What is to be written, and where; one of the places is stated."""

    lanes: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="Write each lane to a file there, and a manifest."),
    ] = None
    form: Annotated[
        Form, typer.Option("--form", help="Of the files of lanes: JSON Lines, or Parquet.")
    ] = Form.JSONL
    tables: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="Write the tables there, for analysts."),
    ] = None
    personal: Annotated[
        bool, typer.Option("--personal", help="Also tables with values of persons, as Parquet.")
    ] = False
    xes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write tickets as an event log for process mining."),
    ] = None
    ocel: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The same as OCEL 2.0: JSON, or a database if it is named .sqlite."
        ),
    ] = None

    def check(self) -> None:
        """Checks that there is one place.

        Raises:
            InvalidInput: there is none, or more than one.
        """
        places = (self.lanes, self.tables, self.xes, self.ocel)
        if sum(place is not None for place in places) != 1:
            told = "Say what is to be written: one of --lanes, --tables, --xes and --ocel."
            raise InvalidInput(told)


@app.command()
@command
def export(session: Session, *, wanted: Wanted, keys: KeyOptions, as_of: AsOf) -> None:
    """Write every record out, byte for byte, or the tables; lanes need no desk key, but for --keys.

    A file is whole or not there; an earlier export of lanes is replaced. Others can prove the
    lanes with `verify --lanes`, and read them as docs/lane-export.md says; `restore` makes the
    desk again.
    """
    wanted.check()
    if wanted.lanes is not None:
        if as_of.as_of or as_of.position:
            raise InvalidInput("Lanes are exported as they are; only tables have a past.")
        _write_lanes(session, wanted.lanes, wanted.form, keys)
        return
    # What belongs to tables takes longer to load than most exports of lanes.
    from deskledger.app.cli.exchange.table_export import (  # noqa: PLC0415
        write_ocel_file,
        write_tables,
        write_xes_file,
    )

    as_of.take_without(session, personal=wanted.personal)
    if wanted.tables is not None:
        write_tables(session, wanted.tables, personal=wanted.personal)
    elif wanted.xes is not None:
        write_xes_file(session, wanted.xes)
    elif wanted.ocel is not None:
        write_ocel_file(session, wanted.ocel)


def _write_lanes(session: Session, lanes: Path, form: Form, keys: KeyOptions) -> None:
    key_file = keys.file(session)
    path = ledger_file(session)
    records = count_records(path)
    processes = 1 if records <= RECORDS_ALONE_MAX else PROCESSES
    with bar(session, "export.bar", records) as advance:
        files = export_lanes(path, lanes, advance, form=form, processes=processes)
    desk = files[0].header.desk
    # After the lanes: keys are there before anything is sealed with them.
    saved = None if key_file is None else _export_keys(session, desk, key_file, keys)
    if session.as_json:
        told = [_object(file) for file in files]
        answer = {"directory": str(lanes), "desk": desk, "lanes": told}
        session.answer(answer if saved is None else {**answer, "keys": saved})
        return
    records = sum(file.header.records for file in files)
    session.tell(session.say("export", lanes=len(files), records=records, directory=lanes))
    if saved is not None:
        session.tell(session.say("export.keys", count=saved, file=key_file))


def _export_keys(session: Session, desk: str, path: Path, keys: KeyOptions) -> int:
    # Ciphers take longer to load than the rest of a small export.
    from deskledger.eventlog.vault.exported_keys import export_keys  # noqa: PLC0415

    ledger = session.ledger
    if ledger.without_keys:
        raise KeysMissing
    # On Kafka the keys are in a topic of their own; here is what was read of it.
    if not isinstance(ledger, EmbeddedLedger) and not ledger.refresh_vault():
        raise Unavailable("The topic of the keys cannot be read to its end; try again.")
    lock = keys.lock(session)
    desk_key = session.desk_key or read_desk_key(session.directory)
    with whole_file(path, 0o600) as output:
        return export_keys(session.directory, desk, desk_key, output, lock)


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
