"""When people work, and when customers turn to the desk."""

from itertools import accumulate
from random import Random
from typing import NamedTuple

from deskledger.app.demo.plan import DAY, HOUR, MINUTE, Plan

SUNDAY = 6

# Two spells of work a day, with a break between: minutes after local midnight.
_SHIFTS = {
    "early": ((510, 720), (780, 1050)),
    "middle": ((600, 810), (870, 1140)),
    "late": ((690, 930), (990, 1215)),
}
# How many customers turn to the desk in each hour of a working day, compared with each other.
_BY_HOUR = (
    0.30, 0.15, 0.08, 0.05, 0.05, 0.08, 0.30, 0.90, 2.80, 5.20, 6.10, 5.60,
    3.60, 4.10, 5.50, 5.60, 5.10, 4.30, 3.40, 3.50, 3.10, 2.20, 1.20, 0.60,
)  # fmt: skip
_BY_WEEKDAY = (1.25, 1.08, 1.0, 1.0, 0.98, 0.75, 0.32)
_QUIET_NIGHTS = 4
_NIGHT_ENDS = 8
_BURST_SHARE = 0.11
_BURST_FADES_HOURS = 30.0
# The autumn sale: four days of the fifth week bring more orders, and so more questions.
_SALE_DAYS = frozenset(range(4 * 7 + 2, 4 * 7 + 6))
_SALE_FACTOR = 1.3


class Arrival(NamedTuple):
    """A contact that begins a ticket; `burst` when the faulty batch is what it is about."""

    at: int
    burst: bool


def arrivals(plan: Plan, rng: Random) -> list[Arrival]:
    """When each ticket of the story begins, in order of time."""
    hours = -(-plan.length // HOUR)
    quiet = set(rng.sample(range(plan.weeks * 7), min(_QUIET_NIGHTS, plan.weeks * 7)))
    usual = [_demand(hour, quiet) for hour in range(hours)]
    burst = [demand * _faded(hour, plan) for hour, demand in enumerate(usual)]
    of_burst = round(plan.tickets * _BURST_SHARE)
    times = [Arrival(at, burst=False) for at in _drawn(usual, plan.tickets - of_burst, rng)]
    times += [Arrival(at, burst=True) for at in _drawn(burst, of_burst, rng)]
    # What would come in the last hour after the story's end comes before it.
    latest = plan.length - MINUTE
    return sorted(arrival._replace(at=min(arrival.at, latest)) for arrival in times)


def _demand(hour: int, quiet: set[int]) -> float:
    day, of_day = divmod(hour, 24)
    if day in quiet and of_day < _NIGHT_ENDS:
        return 0.0
    factor = _SALE_FACTOR if day in _SALE_DAYS else 1.0
    return _BY_HOUR[of_day] * _BY_WEEKDAY[day % 7] * factor


def _faded(hour: int, plan: Plan) -> float:
    since = hour - plan.bursts_at // HOUR
    return 0.0 if since < 0 else 0.5 ** (since / _BURST_FADES_HOURS)


def _drawn(demand: list[float], size: int, rng: Random) -> list[int]:
    bounds = list(accumulate(demand))
    hours = rng.choices(range(len(demand)), cum_weights=bounds, k=size) if bounds[-1] else []
    return [hour * HOUR + int(rng.random() * HOUR) for hour in hours]


def spells(shift: str, day: int) -> list[tuple[int, int]]:
    """The spells of work of a shift on a day, counted from the story's first."""
    if day % 7 == SUNDAY:
        return []
    return [(day * DAY + begin * MINUTE, day * DAY + end * MINUTE) for begin, end in _SHIFTS[shift]]


def works(shift: str, day_off: int, at: int) -> bool:
    """Whether somebody with this shift and weekly day off is at work."""
    day = at // DAY
    if day % 7 == day_off:
        return False
    return any(begin <= at < end for begin, end in spells(shift, day))


def is_open(at: int) -> bool:
    """Whether the desk's hours, Monday to Saturday from 8:30 to 20:00, are on."""
    of_day = at % DAY
    return at // DAY % 7 != SUNDAY and 510 * MINUTE <= of_day < 1200 * MINUTE


def morning(at: float, days: int = 1) -> int:
    """Nine o'clock of the working day that comes so many days later, or of the next after it."""
    day = int(at) // DAY + days
    return (day + (day % 7 == SUNDAY)) * DAY + 9 * HOUR
