"""Sealing the tables as they were, so that questions about the past are soon answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import records_of
from deskledger.app.reading import open_records
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.instants import from_microseconds
from deskledger.replay.as_of.past import Past, at_time
from deskledger.replay.as_of.snapshots import Snapshot
from deskledger.replay.as_of.tables_then import make_snapshot

app = typer.Typer()


@app.command()
@command
def snapshot(
    session: Session,
    *,
    monthly: Annotated[
        bool, typer.Option("--monthly", help="One for the begin of each month since the first.")
    ] = False,
    as_of: AsOf,
) -> None:
    """Seal the tables as they are, or were, without values of persons.

    A question about the past begins with the nearest earlier one. They lie in `snapshots` and may
    be deleted at any time.
    """
    past = as_of.take(session)
    if monthly and past is not None:
        raise InvalidInput("Name a point in the past or --monthly, not both.")
    now = session.desk.clock()
    points = list(_months(session, now)) if monthly else [past or at_time(session.ledger, now, now)]
    made = [_made(session, point) for point in points]
    if session.as_json:
        session.answer({"snapshots": [_object(one) for one in made]})
        return
    for one in made:
        facts = {"file": one.path, "at": one.at, "bytes": one.bytes}
        events = sum(lane.sequence for lane in one.checkpoint.lanes)
        session.tell(session.say("snapshot", events=events, **facts))


def _made(session: Session, past: Past) -> Snapshot:
    opener = partial(open_records, session.directory, session.kafka)
    with bar(session, "then.bar", records_of(past.progress)) as advance:
        return make_snapshot(session.directory, session.ledger, past, report=advance, opener=opener)


def _months(session: Session, now: datetime) -> Iterator[Past]:
    """The begin of every month, in the desk's zone, from the second that the ledger saw on."""
    first = min(
        (
            record.lane_time
            for lane in session.ledger.progress()
            for record in session.ledger.read(lane.lane, 1, 1)
        ),
        default=None,
    )
    if first is None:
        return
    month = from_microseconds(first).astimezone(session.zone)
    while (month := _next_month(month)) <= now:
        yield at_time(session.ledger, month, now)


def _next_month(day: datetime) -> datetime:
    begin = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (begin + timedelta(days=32)).replace(day=1)


def _object(made: Snapshot) -> dict[str, Any]:
    lanes = [
        {"lane": lane.lane, "records": lane.records, "sequence": lane.sequence}
        for lane in made.checkpoint.lanes
    ]
    file = {"file": str(made.path), "bytes": made.bytes, "sha256": made.sha256}
    return {**file, "at": made.at, "progress": lanes}
