"""Public holidays and make-up working days, as explicit dates of the `holidays` library."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.metadata import version

import holidays

from deskledger.domain.sla.calendar_document import Countries
from deskledger.domain.sla.hours import PublicDays
from deskledger.domain.sla.instants import day_of

YEARS = range(1950, 2101)
"""The years that are expanded."""


def countries() -> Countries:
    """The countries that the library knows, by their two-letter codes, and their days."""
    return Countries(frozenset(holidays.list_supported_countries()), public_days)


@cache
def public_days(country: str) -> PublicDays:
    """The public days of a country as the installed library gives them.

    Where a government moves working days by decree, the library knows no later decree than the
    last year that has such a move; until the end of that year its list is settled.
    """
    listed = holidays.country_holidays(country, years=YEARS)
    # The library lists make-up days of years that were not asked for, too.
    make_up = frozenset(day for day in listed.weekend_workdays if day.year in YEARS)
    last = max((day.year for day in make_up), default=min(listed.end_year, YEARS[-1]))
    return PublicDays(
        country=country,
        source=f"holidays {version('holidays')}",
        known_until=day_of(date(last, 12, 31)),
        holidays=frozenset(map(day_of, listed)),
        make_up=frozenset(map(day_of, make_up)),
    )
