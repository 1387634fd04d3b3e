"""The document of a desk's service levels: its calendars and policies, complete in itself.

Both stand in one document, because a policy names calendars and the order of policies matters. What
public holidays it needs it holds as explicit dates, so every due time can be found again from it
alone, whatever a library says later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal as Number
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.faults import Fault
from deskledger.domain.shapes import Frozen, Line
from deskledger.domain.sla.calendar_document import (
    ALWAYS,
    CalendarDocument,
    Countries,
    Name,
    compile_calendars,
)
from deskledger.domain.sla.faults import Fault as Wrong
from deskledger.domain.sla.faults import at_most
from deskledger.domain.sla.hours import PublicDays
from deskledger.domain.sla.instants import Day
from deskledger.domain.sla.policy import OPTIONS_FOR, Policy, Target, policies_faults
from deskledger.domain.sla.terms import Rules

CALENDARS_MAX = 200
POLICIES_MAX = 1_000
DATES_MAX = 5_000

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,18})?", re.ASCII)

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\z")]
Dates = Annotated[tuple[Day, ...], at_most(DATES_MAX)]


class CountryDays(Frozen):
    """Public holidays and make-up working days of a country, as they were at the publication.

    Attributes:
        source: library and version that they come from.
        known_until: the last day for which the list is settled.
    """

    source: Line
    known_until: Day
    holidays: Dates
    make_up: Dates

    @classmethod
    def of(cls, days: PublicDays) -> CountryDays:
        """The days that a library gives, in order."""
        return cls.model_construct(
            source=days.source,
            known_until=days.known_until,
            holidays=tuple(sorted(days.holidays)),
            make_up=tuple(sorted(days.make_up)),
        )

    def public_days(self, country: str) -> PublicDays:
        """The days as calendars take them."""
        holidays, make_up = frozenset(self.holidays), frozenset(self.make_up)
        return PublicDays(country, self.source, self.known_until, holidays, make_up)


def _with_numbers(policies: Any) -> Any:
    """Policies whose percentages are numbers: a ledger holds no fractions, so they are texts."""
    if not isinstance(policies, list):
        return policies
    return [_inside(policy, "targets", _with_number_marks) for policy in policies]


def _with_number_marks(target: Any) -> Any:
    return _inside(target, "marks", _with_number)


def _with_number(mark: Any) -> Any:
    stated = mark.get("percent") if isinstance(mark, dict) else None
    if not isinstance(stated, str) or not _PERCENT.fullmatch(stated):
        return mark
    return {**mark, "percent": Number(stated)}


def _inside(value: Any, name: str, change: Callable[[Any], Any]) -> Any:
    """An object with each entry of one of its lists changed; anything else as it is."""
    if not isinstance(value, dict) or not isinstance(value.get(name), list):
        return value
    return {**value, name: [change(one) for one in value[name]]}


def _whole(written: dict[str, Any], target: Target) -> dict[str, Any]:
    """A target with the pauses that its metric has, and with no option that it may not have."""
    foreign = {name for name, metrics in OPTIONS_FOR.items() if target.metric not in metrics}
    kept = {name: value for name, value in written.items() if name not in foreign}
    return {**kept, "pauses_in": list(target.paused_in)}


class ServicePolicy(Document):
    """What a desk promises, to whom, and in which working time.

    Attributes:
        calendars: by name; ``always`` is there besides.
        policies: the first that matches a ticket applies.
        public_days: of every country that a calendar follows.
        reach: whether open tickets take these rules at once, or at their next change of a field.
    """

    format: Literal[1]
    calendars: Annotated[dict[Name, CalendarDocument], at_most(CALENDARS_MAX)]
    policies: Annotated[tuple[Policy, ...], at_most(POLICIES_MAX), BeforeValidator(_with_numbers)]
    public_days: dict[Country, CountryDays] = Field(default_factory=dict)
    reach: Literal["new", "open"] = "new"

    @property
    def countries(self) -> Countries:
        """The public days, as calendars take them."""
        known = frozenset(self.public_days)
        return Countries(known, lambda country: self.public_days[country].public_days(country))

    @cached_property
    def rules(self) -> Rules:
        """The policies and calendars, compiled for clocks."""
        calendars, _ = compile_calendars(self.calendars, self.countries)
        return Rules(self.policies, calendars)

    def written(self) -> dict[str, Any]:
        """The document as it is stored: every default written out, nothing without a value.

        So a default that changes later in the software changes no published version.
        """
        written = self.model_dump(mode="json", exclude_none=True)
        for policy, read in zip(written["policies"], self.policies, strict=True):
            policy["targets"] = [
                _whole(target, stated)
                for target, stated in zip(policy["targets"], read.targets, strict=True)
            ]
        return written

    def wrong(self) -> list[Wrong]:
        """What is wrong although each value is valid by itself."""
        _, found = compile_calendars(self.calendars, self.countries, "calendars")
        names = {*self.calendars, ALWAYS}
        return [*found, *policies_faults(self.policies, names, "policies")]

    @classmethod
    def faults(cls, document: dict[str, Any]) -> Iterator[Fault]:
        """Calendars without working time or countries, and policies that contradict themselves."""
        try:
            read = cls.model_validate(document)
        except ValidationError:
            # Told already, as faults of the shape.
            return
        for one in read.wrong():
            facts = ", ".join(f"{name} {value}" for name, value in one.facts.items())
            told = one.code.replace("_", " ") + (f" ({facts})" if facts else "")
            yield Fault(one.path, "rule", {"message": told})
