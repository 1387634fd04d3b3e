"""What befalls each clock of a ticket, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from deskledger.domain.sla.clock import Clock, Phase
from deskledger.domain.sla.durations import stated_text
from deskledger.domain.sla.explanation.lines import Kind, Line, Match
from deskledger.domain.sla.explanation.matching import matched
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Rules, Terms
from deskledger.domain.sla.ticket import TicketClocks


class _Seen(NamedTuple):
    """A clock as it was before a step."""

    terms: Terms | None
    phase: Phase
    stopped: int | None
    due: int | None
    used: int


_Matches = tuple[Match, Match]
"""The policy that applies after a step, and the one that did before it."""

_FRESH = _Seen(None, Phase.LIVE, None, None, 0)


class Followed:
    """A clock that is followed.

    Attributes:
        match: the policy whose target judges it, or judged it last.
        lines: what befell it.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.match: Match | None = None
        self.lines: list[Line] = []


class Story:
    """Takes a ticket's steps, and notes what each does to its clocks.

    Attributes:
        ticket: as it is after the steps so far.
        followed: its clocks, in the order in which they began.
        entered: the step of each of the ticket's statuses.
    """

    def __init__(self, rules: Rules) -> None:
        self.ticket = TicketClocks(rules)
        self.followed: list[Followed] = []
        self.entered: list[int] = []
        self._published: dict[Rules, int] = {}
        self._open: list[Followed] = []
        self._match: Match | None = None

    def take(self, step: Step, number: int) -> None:
        """Take the next step, which has this index in the history.

        Raises:
            TimeNotFound: a clock would have no due time within a hundred years.
        """
        if step.publication is not None:
            self._published[step.publication.rules] = number
        before = [_seen(one.clock, step.at) for one in self._open]
        self.ticket.take(step)
        self.entered += [number] * (len(self.ticket.spans) - len(self.entered))
        match = self._matched(step)
        # A step that reopens does so by the policy before; only then it may bring another.
        matches = (match, self._match or match)
        for one, was in zip(self._open, before, strict=True):
            one.lines += _befallen(one, was, matches, Line("started", step.at, step=number))
        for clock in self.ticket.clocks[len(self.followed) :]:
            self._begin(clock, matches, number)
        self._open = [one for one in self._open if one.clock.phase is not Phase.FINAL]
        self._match = match

    def _matched(self, step: Step) -> Match:
        if step.keeps_targets and self._match is not None:
            return self._match
        rules = self.ticket.rules
        return matched(rules, self.ticket.attributes, self._published.get(rules))

    def _begin(self, clock: Clock, matches: _Matches, number: int) -> None:
        one = Followed(clock)
        began = Line("started", clock.start, step=number)
        one.lines.append(began._replace(facts={"instance": clock.instance}))
        one.lines += _befallen(one, _FRESH, matches, began)
        self.followed.append(one)
        self._open.append(one)


def _seen(clock: Clock, at: int) -> _Seen:
    return _Seen(clock.terms, clock.phase, clock.stopped, clock.due, clock.used(at))


def _befallen(one: Followed, was: _Seen, matches: _Matches, by: Line) -> Iterator[Line]:
    """What a step did to a clock; `by` has its time and index."""
    clock = one.clock
    if was.stopped is not None and clock.stopped is None and was.phase is Phase.SOLVED:
        counts = was.terms is not None and was.terms.on_reopen == "include"
        yield by._replace(kind="included" if counts else "resumed")
    yield from _judged(one, was, matches, by)
    if was.phase is not Phase.LOST and clock.phase is Phase.LOST:
        policy = matches[0].policy
        yield by._replace(kind="unpromised", facts={"policy": policy and policy.name})
    elif clock.stopped is not None and clock.stopped != was.stopped:
        yield by._replace(kind="fulfilled" if clock.fulfilled else "stopped")


def _judged(one: Followed, was: _Seen, matches: _Matches, by: Line) -> Iterator[Line]:
    """Which policy judges the clock from now on, where that has changed."""
    clock, terms = one.clock, one.clock.terms
    if terms is None:
        return
    revived = was.phase is Phase.LOST and clock.phase is Phase.LIVE
    if terms is not was.terms or revived:
        one.match = next(one for one in matches if one.terms.get(clock.metric) is terms)
        applying = _applying(one.match, clock.metric)
        if was.terms is None or revived:
            yield by._replace(kind="revived" if revived else "judged", facts=applying)
            return
        used = {"used_before": was.used, "used_after": clock.used(by.at)}
        due = {"due_before": was.due, "due": clock.due}
        kind: Kind = "carried" if terms.carries else "recomputed"
        yield by._replace(kind=kind, facts=applying | used | due)
    elif one.match is not None and _is_same(one.match, matches[0], clock):
        one.match = matches[0]
        yield by._replace(kind="same", facts=_applying(one.match, clock.metric))


def _is_same(before: Match, after: Match, clock: Clock) -> bool:
    """Whether another policy promises a clock that goes on the same."""
    goes_on = clock.phase is Phase.LIVE and clock.noticed is None
    is_other = before.policy is not after.policy
    return goes_on and is_other and after.terms.get(clock.metric) == clock.terms


def _applying(match: Match, metric: str) -> dict[str, Any]:
    target, policy = match.target(metric), match.policy
    assert target is not None, "a policy that judges a clock has a target for it"
    assert policy is not None, "a target stands in a policy"
    return {
        "match": match,
        "within": stated_text(target.within),
        "calendar": target.calendar or policy.calendar,
        "pauses_in": target.paused_in,
    }
