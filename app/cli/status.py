"""How far the ledger and the tables are, and what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from deskledger import __version__
from deskledger.app.cli.command import command
from deskledger.app.cli.failures import message
from deskledger.app.cli.projected import records_of
from deskledger.app.cli.session import Session
from deskledger.app.cli.sheets import show_sheet
from deskledger.app.cli.tables import draw
from deskledger.domain.errors import DeskError
from deskledger.domain.ticket.status import Status
from deskledger.eventlog.progress import Progress
from deskledger.projections.file import NAME
from deskledger.projections.queries import status_counts
from deskledger.projections.store import ProjectionStore

app = typer.Typer()

WAIT_SECONDS = 0.5
MEBIBYTE = 1 << 20
NOTHING = "–"
_DATABASES = ("ledger.sqlite", "replica.sqlite", "vault.sqlite")
_FILES = (*(name + end for name in _DATABASES for end in ("", "-wal")), NAME)


@dataclass(frozen=True)
class Tables:
    """What can be told of the tables as they are, without bringing them up to date.

    Attributes:
        trouble: why nothing can be told; null where they can be read.
        read: records read, by lane.
        parked: streams that are set aside because they could not be read.
        tickets: how many there are in each status.
    """

    trouble: str | None = None
    read: Mapping[int, int] = field(default_factory=dict)
    parked: tuple[str, ...] = ()
    tickets: Mapping[str, int] = field(default_factory=dict)


@app.command()
@command
def status(session: Session) -> None:
    """Show how far each lane is, how far the tables are behind, and what lies where."""
    lanes = session.ledger.progress()
    void = session.ledger.void_count()
    tables = _tables(session)
    sizes = {path.name: path.stat().st_size for path in _files(session.directory)}
    if session.as_json:
        session.answer(_object(session, lanes, void, tables, sizes))
        return
    behind = sum(lane.records - tables.read.get(lane.lane, 0) for lane in lanes)
    parked = ", ".join(tables.parked)
    counts = [(one.value, tables.tickets.get(one.value, 0)) for one in Status]
    shown = {
        "desk": session.ledger.desk,
        "directory": str(session.directory.absolute()),
        "software": f"deskledger {__version__}",
        "records": session.say("status.records", **_totals(lanes), void=void),
        "tables": tables.trouble or session.say("status.tables", behind=behind),
        "quarantine": parked,
        "tickets": ", ".join(
            f"{session.code('status', name)} {count}" for name, count in counts if count
        ),
        "files": ", ".join(f"{name} {_size(size)}" for name, size in sizes.items()),
    }
    show_sheet(session, session.say("status"), shown)
    headers = [session.say(f"column.{name}") for name in ("lane", "records", "events", "behind")]
    session.tell("\n" + draw(headers, [_row(lane, tables) for lane in lanes], right=range(4)))


def _tables(session: Session) -> Tables:
    path = session.directory / NAME
    if not path.exists():
        return Tables(trouble=session.say("status.no_tables"))
    wait_seconds = min(WAIT_SECONDS, session.settings.wait_seconds)
    try:
        with ProjectionStore.open(
            path, session.ledger.desk, deadline_seconds=wait_seconds
        ) as store:
            counts = status_counts(store)
            read = {lane.lane: lane.records for lane in counts.progress}
            return Tables(read=read, parked=tuple(sorted(store.parked)), tickets=counts.value)
    except DeskError as error:
        return Tables(trouble=message(error, session.language))


def _files(directory: Path) -> list[Path]:
    return [directory / name for name in _FILES if (directory / name).exists()]


def _totals(lanes: Sequence[Progress]) -> dict[str, int]:
    return {"records": records_of(lanes), "events": sum(lane.sequence for lane in lanes)}


def _row(lane: Progress, tables: Tables) -> list[str]:
    behind = lane.records - tables.read.get(lane.lane, 0)
    shown = NOTHING if tables.trouble else str(behind)
    return [str(lane.lane), str(lane.records), str(lane.sequence), shown]


def _size(count: int) -> str:
    return f"{count / MEBIBYTE:.1f} MiB"


def _object(
    session: Session,
    lanes: Sequence[Progress],
    void: int,
    tables: Tables,
    sizes: Mapping[str, int],
) -> dict[str, Any]:
    read = None if tables.trouble else tables.read
    return {
        "desk": session.ledger.desk,
        "directory": str(session.directory.absolute()),
        "software": __version__,
        **_totals(lanes),
        "void": void,
        "lanes": [
            {
                "lane": lane.lane,
                "records": lane.records,
                "sequence": lane.sequence,
                "hash": lane.hash.hex(),
                "behind": None if read is None else lane.records - read.get(lane.lane, 0),
            }
            for lane in lanes
        ],
        "tables": {
            "trouble": tables.trouble,
            "quarantine": list(tables.parked),
            "tickets": dict(tables.tickets),
        },
        "files": dict(sizes),
    }
