"""The lines of an explanation: what happened, and how much working time that added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from deskledger.domain.sla.hours import Intervals
from deskledger.domain.sla.policy import Policy, Target
from deskledger.domain.sla.terms import Terms
from deskledger.domain.sla.views import ClockView

Kind = Literal[
    "started",
    "judged",
    "revived",
    "recomputed",
    "carried",
    "same",
    "unpromised",
    "fulfilled",
    "stopped",
    "resumed",
    "included",
    "first_due",
    "counted",
    "stood",
    "stands",
    "moved",
    "breached",
    "offset_mark",
    "percent_mark",
]
"""What befell a clock, up to `included`; how its time was counted; its breach and marks."""

DayKind = Literal["weekly", "workday", "make_up", "holiday", "public_holiday"]


class Days(NamedTuple):
    """Local dates in a row with the same hours and the same working time each.

    Attributes:
        first: the first of them, in days since 1970; dates closed by the week may lie between.
        last: the last of them.
        dates: how many there are.
        kind: what decided their hours: the week, a special day, or a holiday.
        hours: of each date, in microseconds since its midnight.
        used: working time counted on all of them.
    """

    first: int
    last: int
    dates: int
    kind: DayKind
    hours: Intervals
    used: int


class Line(NamedTuple):
    """One line of an explanation; times and lengths are microseconds.

    Attributes:
        kind: what it tells.
        at: when it happened, or began.
        until: when it ended; None for what has no length, or goes on.
        used: working time that it added; over all lines of a clock, exactly what was used.
        step: index in the history of what brought it; None where only time passed.
        facts: what it tells beside that. Names in `TIMES` are instants, those in `LENGTHS` lengths.
        days: of a counted stretch, its dates; what they added is what the stretch did.
    """

    kind: Kind
    at: int
    until: int | None = None
    used: int = 0
    step: int | None = None
    facts: Mapping[str, Any] = {}
    days: tuple[Days, ...] = ()


TIMES = frozenset({"due", "due_before", "due_if_resumed", "noticed_at", "mark_at"})
"""Names of facts that are instants."""

LENGTHS = frozenset({"working", "used_before", "used_after", "length"})
"""Names of facts that are lengths of working time."""


class Passed(NamedTuple):
    """A policy that was tried before the one that applies, and why it does not.

    Attributes:
        key: of its `when`, the first that the ticket does not meet.
        accepted: values of that key.
        actual: what the ticket has.
    """

    policy: str
    key: str
    accepted: tuple[str, ...]
    actual: tuple[str, ...]


class Match(NamedTuple):
    """Which policy applies to a ticket at a moment, and why.

    Attributes:
        policy: None where none matches.
        publication: index in the history of the publication that it comes from; None for the rules
            before all others.
        met: what the ticket has, by the keys of the policy's `when`.
        passed: the policies before it, not more than `PASSED_MAX` of them.
        passed_count: how many there are.
        terms: what it promises, compiled, by metric.
    """

    policy: Policy | None
    publication: int | None
    met: Mapping[str, tuple[str, ...]]
    passed: tuple[Passed, ...]
    passed_count: int
    terms: Mapping[str, Terms]

    def target(self, metric: str) -> Target | None:
        """What the policy promises for a metric; None where it promises nothing."""
        targets = () if self.policy is None else self.policy.targets
        return next((one for one in targets if one.metric == metric), None)


PASSED_MAX = 20


class Explanation(NamedTuple):
    """Why a clock shows what it shows.

    Attributes:
        view: what it shows.
        match: the policy that judges it, or judged it last.
        target: of that policy, for the clock's metric.
        zone: of the target's calendar.
        known_until: the last day, since 1970, for which the public holidays of its calendar are
            settled; None where it follows no country.
        lines: in the order of reading: what happened, how its time was counted, its marks.
    """

    view: ClockView
    match: Match
    target: Target
    zone: str
    known_until: int | None
    lines: tuple[Line, ...]
