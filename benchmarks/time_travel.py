"""How long a table as of a year ago takes: from nothing, and from a snapshot some days before.

Arguments: how many tickets; how many days the snapshot lies before that point; another point.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from generate import TICKETS, generated_desk
from measuring import processor_seconds
from report import print_machine, print_table, scratch

from deskledger.app.reading import open_records
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.instants import from_microseconds
from deskledger.eventlog.opening import utc_now
from deskledger.projections.digests import digest
from deskledger.replay.as_of.past import at_time
from deskledger.replay.as_of.tables_then import make_snapshot, tables_then

TICKETS_BY_DEFAULT = min(TICKETS, 10_000)
DAYS_BEFORE = 15.0


Row = tuple[str, float, float, int]


def main() -> None:
    """Ask for a table as of a year before the ledger's end, or its middle where that is sooner."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS_BY_DEFAULT
    days = float(sys.argv[2]) if len(sys.argv) > 2 else DAYS_BEFORE  # noqa: PLR2004 - the second
    directory = generated_desk(tickets)
    print_machine()
    rows: list[Row] = []
    with open_records(directory) as (ledger, _), scratch() as place:
        at = _point(ledger) if len(sys.argv) < 4 else _stated(sys.argv[3])  # noqa: PLR2004
        with _told(rows, "point found", 0):
            past = at_time(ledger, at, utc_now())
        before = at_time(ledger, at - timedelta(days=days), utc_now())
        events, begun = (sum(end.sequence for end in one.progress) for one in (past, before))
        opener = partial(open_records, directory)
        with _told(rows, "snapshot made from nothing", begun):
            snapshot = make_snapshot(place, ledger, before, opener=opener)
        with (
            _told(rows, "table as of then, from it", events - begun),
            tables_then(place, ledger, past, opener=opener) as tables,
        ):
            digest(tables, "ticket")
    size = snapshot.bytes / 2**20
    print_table(
        f"{tickets:,} tickets, as of {at:%Y-%m-%d}: {events:,} events; snapshot {size:,.0f} MiB",
        ("", "seconds", "CPU seconds", "events applied"),
        rows,
    )


@contextmanager
def _told(rows: list[Row], name: str, events: int) -> Iterator[None]:
    began, used = time.perf_counter(), processor_seconds()
    yield
    rows.append((name, time.perf_counter() - began, processor_seconds() - used, events))


def _point(ledger: FollowedLedger) -> datetime:
    """A year before the end; the middle of a ledger that is younger."""
    ends = [
        ledger.read(end.lane, record, 1)[0].lane_time
        for end in ledger.progress()
        for record in (1, end.records - 1)
    ]
    first, last = from_microseconds(min(ends)), from_microseconds(max(ends))
    return max(last - timedelta(days=365), first + (last - first) / 2)


def _stated(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
