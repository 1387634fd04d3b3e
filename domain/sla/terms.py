"""Terms: a target in its calendar, compiled for the clocks that it judges; and who has which."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.durations import Duration, stated_text
from deskledger.domain.sla.hours import Hours
from deskledger.domain.sla.marks import Mark
from deskledger.domain.sla.policy import Policy, Target


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mark, compiled: at an offset from the due time, or at a share of the target.

    Attributes:
        level: the level to which it escalates the clock; None for none.
        does: what its actions come to; None for none.
    """

    name: str
    offset: Duration | None
    share: Fraction | None
    level: int | None
    does: Hashable


def _reminder(mark: Mark) -> Reminder:
    share = None if mark.percent is None else Fraction(mark.percent) / 100
    does = None if mark.actions is None else mark.actions.meaning
    return Reminder(mark.name, mark.offset, share, mark.level, does)


class Origin(NamedTuple):
    """Where terms are written: names as they stand in one publication.

    Attributes:
        rules: the publication.
        policy: name of the policy.
        calendar: name of the calendar.
        within: what is promised, as text.
    """

    rules: Rules
    policy: str
    calendar: str
    within: str


@dataclass(frozen=True)
class Terms:
    """What judges a clock. Terms that are equal mean the same, whatever policy they stand in.

    Attributes:
        hours: what the calendar means; compared in place of the calendar.
        pauses: statuses in which the clock stands still.
        counts: kinds of contact that fulfil it.
        origin: where they are written, which no comparison looks at.
    """

    within: Duration
    snaps: bool
    hours: Hours
    pauses: frozenset[str]
    counts: frozenset[str]
    with_ticket: bool
    keeps: bool
    on_reopen: str
    carries: bool
    opening_counts: bool
    reminders: frozenset[Reminder]
    calendar: Calendar = field(compare=False, repr=False)
    origin: Origin = field(compare=False, repr=False)

    def due_and_length(self, start: int) -> tuple[int, int]:
        """When a clock that starts then is due without any pause, and its working time until then.

        Raises:
            TimeNotFound: the calendar has too little working time ahead.
        """
        within = self.within
        if within.days is None:
            return self.calendar.after(start, within.micros), within.micros
        calendar = self.calendar
        due = calendar.shifted(start, within)
        if self.snaps:
            due = calendar.end_of_days(start, within.days)
        return due, calendar.worked(start, due)


def _terms(rules: Rules, policy: Policy, target: Target) -> Terms:
    """A target of a policy, with its defaults, in its calendar."""
    name = target.calendar or policy.calendar
    calendar = rules.calendars[name]
    return Terms(
        within=target.within,
        snaps=target.snap is not None,
        hours=calendar.hours,
        pauses=frozenset(target.paused_in),
        counts=frozenset(target.counts),
        with_ticket=target.starts == "with_ticket",
        keeps=target.on_solve == "keep",
        on_reopen=target.on_reopen,
        carries=target.on_change == "carry",
        opening_counts=target.opening_counts,
        reminders=frozenset(map(_reminder, target.marks)),
        calendar=calendar,
        origin=Origin(rules, policy.name, name, stated_text(target.within)),
    )


@dataclass(frozen=True)
class Condition:
    """A policy, compiled: which values each attribute may have, and the terms by metric."""

    accepted: tuple[tuple[str, frozenset[str]], ...]
    terms: Mapping[str, Terms]

    def holds(self, attributes: Mapping[str, Any]) -> bool:
        """Whether a ticket with these attributes is meant."""
        return self.unmet(attributes) is None

    def unmet(self, attributes: Mapping[str, Any]) -> str | None:
        """The first key that a ticket with these attributes does not meet; None if it is meant."""
        for name, values in self.accepted:
            if name == "tag":
                met = not values.isdisjoint(attributes["tags"])
            else:
                met = attributes.get(name) in values
            if not met:
                return name
        return None


NO_TERMS: Mapping[str, Terms] = {}


class Rules:
    """The policies and calendars of one publication, compiled.

    Attributes:
        policies: in the order in which they are tried.
        calendars: by name, with `always`.
    """

    def __init__(self, policies: Iterable[Policy], calendars: Mapping[str, Calendar]) -> None:
        self.policies = tuple(policies)
        self.calendars = calendars

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return tuple(_condition(self, policy) for policy in self.policies)

    def terms_for(self, attributes: Mapping[str, Any]) -> Mapping[str, Terms]:
        """The terms by metric of the first policy that matches; none where no policy does."""
        for condition in self._conditions:
            if condition.holds(attributes):
                return condition.terms
        return NO_TERMS

    def tried(self, attributes: Mapping[str, Any]) -> Iterator[tuple[Policy, str | None]]:
        """The policies up to the first that matches, each with the key that is not met."""
        for policy, condition in zip(self.policies, self._conditions, strict=True):
            unmet = condition.unmet(attributes)
            yield policy, unmet
            if unmet is None:
                return


def _condition(rules: Rules, policy: Policy) -> Condition:
    accepted = tuple(
        (name, frozenset(values)) for name, values in policy.when if values is not None
    )
    terms: dict[str, Terms] = {
        target.metric: _terms(rules, policy, target) for target in policy.targets
    }
    return Condition(accepted, terms)
