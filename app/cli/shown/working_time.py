"""Working time as people read it: lengths, hours, dates and times of a calendar's zone."""

from datetime import datetime

from deskledger.app.cli.texts import say
from deskledger.domain.sla.durations import HOUR, MINUTE, SECOND, parse_duration
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


def stated_length(language: str, stated: str) -> str:
    """A length as a policy states it: `4 h`, `2 working days`."""
    length = parse_duration(stated)
    if length.days is None:
        return length_text(language, length.micros)
    return say(language, "length.day" if length.days == 1 else "length.days", count=length.days)


def offset_text(language: str, stated: str) -> str:
    """How far from the due time a policy puts a mark: `15 min before the due time`."""
    side = "before" if stated.startswith("-") else "after"
    length = parse_duration(stated.removeprefix("-"))
    if length.days in (None, 0) and not length.micros:
        return say(language, "offset.at")
    return say(language, f"offset.{side}", length=stated_length(language, stated.removeprefix("-")))


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
