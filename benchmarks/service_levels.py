"""What service levels cost: due times per second, and a ticket's clocks recomputed.

Beside them stands numpy's `busday_offset`, which knows whole days only: no hours, zones or pauses.
It is measured where numpy is installed, which the product does not need.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec

from report import print_machine, print_table

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.calendar_document import EVERY_DAY, CalendarDocument
from deskledger.domain.sla.clocks import clocks
from deskledger.domain.sla.durations import DAY, HOUR, MINUTE, Duration
from deskledger.domain.sla.instants import date_of, parse_instant
from deskledger.domain.sla.policy import Policy
from deskledger.domain.sla.steps import Message, Opening, Step
from deskledger.domain.sla.terms import Rules

COUNT = 20_000
FIVE = Duration(0, 5)
REPEATS = 1_000
ROUNDS = 5
BEGIN = parse_instant("2026-06-08T09:00:00+02:00")
HOLIDAYS = ["2026-10-03", "2026-12-25", "2027-01-01", "2027-04-02", "2027-04-05"]
OFFICE = {
    "zone": "Europe/Berlin",
    "weekly": {d: ["09:00-12:00", "13:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": HOLIDAYS,
}
PAUSES = {"pauses_in": ["pending"]}
POLICY = {
    "name": "standard",
    "calendar": "office",
    "targets": [
        {"metric": "first_response", "within": "PT1H"},
        {"metric": "next_response", "within": "PT4H", **PAUSES},
        {"metric": "time_to_own", "within": "PT1H"},
        {
            "metric": "resolution",
            "within": "PT16H",
            "marks": [{"name": "warn", "offset": "-PT1H"}, {"name": "half", "percent": 50}],
            **PAUSES,
        },
    ],
}
# What happens again and again on a ticket; the sixth to the tenth concern no clock.
ACTS: tuple[Mapping[str, object], ...] = (
    {"message": Message("agent", "public_message"), "status": "pending"},
    {"message": Message("customer", "public_message"), "status": "open"},
    {"message": Message("agent", "internal_note")},
    {"agent": "eva"},
    {"changes": {"priority": "high"}},
    *({"message": Message("agent", "internal_note")} for _ in range(5)),
)


def main() -> None:
    """Measure and print."""
    print_machine()
    calendar = Calendar(CalendarDocument.model_validate(OFFICE).hours(None))
    print_table(
        f"Times in business hours, CPU, best of {ROUNDS}",
        ("operation", "per second", "µs each"),
        [*_times(calendar), *_numpy(calendar)],
    )
    bare, whole, short = _ticket(calendar, 1), _ticket(calendar, 50), _ticket(calendar, 10)
    loop = _best(lambda: [None for _ in range(50)], REPEATS)
    print_table(
        f"A ticket's clocks recomputed, CPU, best of {ROUNDS}",
        ("history", "µs", "times a bare loop over 50"),
        [
            (name, f"{cost * 1e6:.1f}", f"{cost / loop:.0f}")
            for name, cost in (("opening", bare), ("10 events", short), ("50 events", whole))
        ],
    )


def _times(calendar: Calendar) -> list[tuple[str, str, str]]:
    starts = [BEGIN + index * 37 * MINUTE for index in range(COUNT)]
    operations: dict[str, Callable[[int], int]] = {
        "add four hours": lambda start: calendar.after(start, 4 * HOUR),
        "go back four hours": lambda start: calendar.back(start, 4 * HOUR),
        "add five days": lambda start: calendar.shifted(start, FIVE),
        "measure three weeks": lambda start: calendar.worked(start, start + 21 * DAY),
    }
    rows = []
    for name, operation in operations.items():
        cost = _best(partial(_each, operation, starts), 1) / COUNT
        rows.append((name, f"{1 / cost:,.0f}", f"{cost * 1e6:.2f}"))
    return rows


def _each(operation: Callable[[int], int], starts: list[int]) -> list[int]:
    return [operation(start) for start in starts]


def _numpy(calendar: Calendar) -> list[tuple[str, str, str]]:
    if find_spec("numpy") is None:
        return [("numpy: not installed", "–", "–")]
    import numpy as np  # noqa: PLC0415 - no dependency of the product

    starts = [BEGIN + index * 37 * MINUTE for index in range(COUNT)]
    dates = [np.datetime64(date_of(calendar.local_day(start))) for start in starts]
    week = np.busdaycalendar(weekmask="1111100", holidays=HOLIDAYS)

    def offset(day: object) -> object:
        return np.busday_offset(day, 5, roll="backward", busdaycal=week)

    array = np.array(dates)
    ours = [date_of(calendar.local_day(calendar.shifted(start, FIVE))) for start in starts]
    assert (offset(array) == np.array(ours, dtype="datetime64[D]")).all(), "both mean the same days"
    one = _best(lambda: [offset(day) for day in dates], 1) / COUNT
    many = _best(lambda: offset(array), 1) / COUNT
    return [
        ("numpy: add five days, one by one", f"{1 / one:,.0f}", f"{one * 1e6:.2f}"),
        ("numpy: add five days, one array", f"{1 / many:,.0f}", f"{many * 1e6:.3f}"),
    ]


def _ticket(calendar: Calendar, events: int) -> float:
    rules = Rules((Policy.model_validate(POLICY),), {"office": calendar, "always": EVERY_DAY})
    opening = Opening("customer", None, {"priority": "normal", "tags": ()})
    steps = [Step(BEGIN, opening=opening, group="first-line")]
    for index in range(events - 1):
        act = ACTS[index % len(ACTS)]
        steps.append(Step(BEGIN + (index + 1) * 17 * MINUTE, **act))  # type: ignore[arg-type]
    now = steps[-1].at + MINUTE
    return _best(lambda: clocks(steps, rules, now), REPEATS)


def _best(work: Callable[[], object], repeats: int) -> float:
    """CPU seconds of one call: the best of a few rounds of many."""
    work()
    costs = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(repeats):
            work()
        costs.append((time.process_time() - began) / repeats)
    return min(costs)


if __name__ == "__main__":
    main()
