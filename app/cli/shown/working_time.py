"""Working time as people read it: lengths, hours, dates and times of a calendar's zone."""

from datetime import datetime

from deskledger.app.cli.texts import say
from deskledger.domain.sla.durations import HOUR, MINUTE, SECOND
from deskledger.domain.sla.hours import Intervals
from deskledger.domain.sla.instants import date_of

_UNITS = ((HOUR, "h"), (MINUTE, "min"))


def length_text(language: str, micros: int) -> str:
    """A length, exact to the microsecond: `8 h 30 min`, `45 s`, `− 10 min`."""
    rest, parts = abs(micros), []
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(say(language, f"length.{unit}", count=f"{count:,}"))
    if rest or not parts:
        whole, fraction = divmod(rest, SECOND)
        seconds = f"{whole}.{fraction:06}".rstrip("0") if fraction else str(whole)
        parts.append(say(language, "length.s", count=seconds))
    return ("− " if micros < 0 else "") + " ".join(parts)


def time_text(language: str, local: datetime) -> str:
    """A local time with its weekday, to the minute, or to the second where it is not whole."""
    exactness = "seconds" if local.second or local.microsecond else "minutes"
    time = local.time().isoformat(exactness)
    weekday = say(language, f"weekday.{local.weekday()}")
    return say(language, "explain.time", weekday=weekday, date=local.date().isoformat(), time=time)


def day_range(language: str, first: int, last: int) -> str:
    """A date with its weekday, or two of them."""
    shown = []
    for day in (first,) if first == last else (first, last):
        date = date_of(day)
        weekday = say(language, f"weekday.{date.weekday()}")
        shown.append(say(language, "explain.date", weekday=weekday, date=date.isoformat()))
    return " – ".join(shown)


def hours_text(intervals: Intervals) -> str:
    """The hours of a date: `09:00-12:00, 13:00-17:00`; empty for a closed one."""
    return ", ".join(
        "-".join(f"{at // HOUR:02}:{at % HOUR // MINUTE:02}" for at in interval)
        for interval in intervals
    )
