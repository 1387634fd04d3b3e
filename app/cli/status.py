"""How far the ledger and the tables are, and what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from deskledger import __version__
from deskledger.app.cli.command import command
from deskledger.app.cli.failures import message
from deskledger.app.cli.node.node_status import node_facts, node_lines
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.sheets import show_sheet
from deskledger.app.cli.tables.projected import find_tables, records_of
from deskledger.domain.errors import DeskError
from deskledger.domain.ticket.status import Status
from deskledger.eventlog.opening import utc_now
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.software import SOFTWARE
from deskledger.projections.clock_watch import ClockWatch, clock_watch
from deskledger.projections.file import NAME
from deskledger.projections.owner.client import OwnedTables
from deskledger.projections.owner.messages import Owner
from deskledger.projections.queries import parked, status_counts

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
        owner: the process that keeps them current; null where there is none.
        read: records read, by lane.
        waiting: for how many seconds the oldest record that they lack has been recorded, by lane.
        parked: streams that are set aside because they could not be read.
        tickets: how many there are in each status.
        clocks: what waits for its time, and what should have been recorded by now.
    """

    trouble: str | None = None
    owner: Owner | None = None
    read: Mapping[int, int] = field(default_factory=dict)
    waiting: Mapping[int, float] = field(default_factory=dict)
    parked: tuple[str, ...] = ()
    tickets: Mapping[str, int] = field(default_factory=dict)
    clocks: ClockWatch | None = None


@app.command()
@command
def status(session: Session) -> None:
    """Show how far each lane is, how far the tables are behind, and what lies where."""
    lanes = session.ledger.progress()
    void = session.ledger.void_counts()
    nodes = node_facts(session)
    tables = _tables(session, lanes)
    sizes = {path.name: path.stat().st_size for path in _files(session.directory)}
    if session.as_json:
        session.answer(_object(session, lanes, void, tables, sizes) | nodes)
        return
    behind = sum(_behind(lane, tables) for lane in lanes)
    counts = [(one.value, tables.tickets.get(one.value, 0)) for one in Status]
    shown = {
        "desk": session.ledger.desk,
        "directory": str(session.directory.absolute()),
        "software": SOFTWARE,
        "records": session.say("status.records", **_totals(lanes), void=_voids(lanes, void)),
        "tables": tables.trouble or _lag(session, behind, tables.waiting),
        "owner": _owner(session, tables.owner),
        "quarantine": ", ".join(tables.parked),
        "tickets": session.say("list.part").join(
            f"{session.code('status', name)} {count}" for name, count in counts if count
        ),
        "clocks": _clocks(session, tables.clocks),
        "files": session.say("list.part").join(
            f"{name} {_size(size)}" for name, size in sizes.items()
        ),
    }
    show_sheet(session, session.say("status"), shown)
    headers = [session.say(f"column.{name}") for name in ("lane", "records", "events", "behind")]
    session.tell("\n" + draw(headers, [_row(lane, tables) for lane in lanes], right=range(4)))
    for line in node_lines(session, nodes):
        session.tell(line)


def _tables(session: Session, lanes: Sequence[Progress]) -> Tables:
    if not (session.directory / NAME).exists():
        return Tables(trouble=session.say("status.no_tables"))
    wait_seconds = min(WAIT_SECONDS, session.settings.wait_seconds)
    try:
        with (
            find_tables(session, session.ledger.desk, wait_seconds=wait_seconds) as tables,
            tables.moment() as now,
        ):
            read = {lane.lane: lane.records for lane in now.progress}
            aside, counts = now.answer(parked), now.answer(status_counts)
            clocks = now.answer(clock_watch, utc_now())
            return Tables(
                owner=tables.owner if isinstance(tables, OwnedTables) else None,
                read=read,
                waiting=_waiting(session, lanes, read),
                parked=tuple(aside),
                tickets=counts,
                clocks=clocks,
            )
    except DeskError as error:
        return Tables(trouble=message(error, session.language))


def _waiting(
    session: Session, lanes: Sequence[Progress], read: Mapping[int, int]
) -> dict[int, float]:
    """For how many seconds the oldest record that the tables lack has been recorded, by lane."""
    now = utc_now().timestamp()
    found: dict[int, float] = {}
    for lane in lanes:
        oldest = session.ledger.read(lane.lane, read.get(lane.lane, 0), 1)
        if oldest:
            found[lane.lane] = round(max(now - oldest[0].lane_time / 1e6, 0.0), 1)
    return found


def _lag(session: Session, behind: int, waiting: Mapping[int, float]) -> str:
    if not waiting:
        return session.say("status.tables", behind=behind)
    return session.say("status.lag", behind=behind, seconds=max(waiting.values()))


def _clocks(session: Session, clocks: ClockWatch | None) -> str | None:
    if clocks is None or clocks.next_at is None:
        return None
    facts = {"waiting": clocks.waiting, "next": f"{clocks.next_at:%Y-%m-%d %H:%M:%SZ}"}
    if not clocks.late:
        return session.say("status.clocks", **facts)
    return session.say(
        "status.clocks_late", **facts, late=clocks.late, seconds=_late_seconds(clocks)
    )


def _late_seconds(clocks: ClockWatch) -> float:
    """For how long something should have been recorded that is not, by the clock of here."""
    late = (utc_now() - clocks.next_at).total_seconds() if clocks.next_at else 0.0
    return round(max(late, 0.0), 1)


def _owner(session: Session, owner: Owner | None) -> str | None:
    if owner is None:
        return None
    since = f"{owner.since:%Y-%m-%d %H:%M:%SZ}"
    return session.say("status.owner", pid=owner.pid, since=since, software=owner.software)


def _behind(lane: Progress, tables: Tables) -> int:
    # The tables may have come further since the ledger was asked.
    return max(lane.records - tables.read.get(lane.lane, 0), 0)


def _files(directory: Path) -> list[Path]:
    return [directory / name for name in _FILES if (directory / name).exists()]


def _voids(lanes: Sequence[Progress], void: Mapping[str, int]) -> str:
    """How many records are void and why, and what share of all that is."""
    count = sum(void.values())
    if not count:
        return "0"
    reasons = ", ".join(f"{reason} {number}" for reason, number in sorted(void.items()))
    return f"{count} ({count / records_of(lanes):.2%}: {reasons})"


def _totals(lanes: Sequence[Progress]) -> dict[str, int]:
    return {"records": records_of(lanes), "events": sum(lane.sequence for lane in lanes)}


def _row(lane: Progress, tables: Tables) -> list[str]:
    shown = NOTHING if tables.trouble else str(_behind(lane, tables))
    return [str(lane.lane), str(lane.records), str(lane.sequence), shown]


def _size(count: int) -> str:
    return f"{count / MEBIBYTE:.1f} MiB"


def _object(
    session: Session,
    lanes: Sequence[Progress],
    void: Mapping[str, int],
    tables: Tables,
    sizes: Mapping[str, int],
) -> dict[str, Any]:
    known = tables.trouble is None
    owner = tables.owner
    return {
        "desk": session.ledger.desk,
        "directory": str(session.directory.absolute()),
        "software": __version__,
        **_totals(lanes),
        "void": dict(void),
        "lanes": [
            {
                "lane": lane.lane,
                "records": lane.records,
                "sequence": lane.sequence,
                "hash": lane.hash.hex(),
                "behind": _behind(lane, tables) if known else None,
                "behind_seconds": tables.waiting.get(lane.lane, 0.0) if known else None,
            }
            for lane in lanes
        ],
        "tables": {
            "trouble": tables.trouble,
            "owner": owner and {"pid": owner.pid, "since": owner.since, "software": owner.software},
            "quarantine": list(tables.parked),
            "tickets": dict(tables.tickets),
        },
        "clocks": tables.clocks
        and {**tables.clocks._asdict(), "late_seconds": _late_seconds(tables.clocks)},
        "files": dict(sizes),
    }
