"""How long a table as of a year ago takes: from nothing, and from a snapshot some days before.

Arguments: how many tickets; how many days the snapshot lies before that point.
"""

import sys
import time
from datetime import timedelta

from generate import TICKETS, generated_desk
from report import print_machine, print_table, scratch

from deskledger.app.reading import open_records
from deskledger.eventlog.instants import from_microseconds
from deskledger.eventlog.opening import utc_now
from deskledger.projections.digests import digest
from deskledger.replay.as_of.past import at_time
from deskledger.replay.as_of.tables_then import make_snapshot, tables_then

TICKETS_BY_DEFAULT = min(TICKETS, 10_000)
DAYS_BEFORE = 15.0


def main() -> None:
    """Ask for a table as of a year before the ledger's end, or its middle where that is sooner."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS_BY_DEFAULT
    days = float(sys.argv[2]) if len(sys.argv) > 2 else DAYS_BEFORE  # noqa: PLR2004 - the second
    directory = generated_desk(tickets)
    print_machine()
    rows = []
    with open_records(directory) as (ledger, _), scratch() as place:
        times = [
            (ledger.read(end.lane, 1, 1)[0].lane_time, ledger.read(end.lane, end.records - 1, 1))
            for end in ledger.progress()
        ]
        first = from_microseconds(min(time for time, _ in times))
        last = from_microseconds(max(record.lane_time for _, (record,) in times))
        at = max(last - timedelta(days=365), first + (last - first) / 2)
        began = time.perf_counter()
        past, before = (
            at_time(ledger, moment, utc_now()) for moment in (at, at - timedelta(days=days))
        )
        rows.append(("point found", time.perf_counter() - began, 0))
        events, begun = (sum(end.sequence for end in one.progress) for one in (past, before))
        began = time.perf_counter()
        snapshot = make_snapshot(place, ledger, before)
        rows.append(("snapshot made from nothing", time.perf_counter() - began, begun))
        began = time.perf_counter()
        with tables_then(place, ledger, past) as tables:
            digest(tables, "ticket")
            rows.append(("table as of then, from it", time.perf_counter() - began, events - begun))
    size = snapshot.bytes / 2**20
    print_table(
        f"{tickets:,} tickets, as of {at:%Y-%m-%d}: {events:,} events; snapshot {size:,.0f} MiB",
        ("", "seconds", "events applied"),
        rows,
    )


if __name__ == "__main__":
    main()
