"""What happened to a ticket as far as its clocks are concerned, and the fold of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import NamedTuple

from deskledger.domain.configuration.policy_history import PolicyHistory
from deskledger.domain.sla.clocks import in_order
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.ticket import TicketClocks

_AT = attrgetter("at")
NEVER = -(2**62)


class Folded(NamedTuple):
    """The clocks after some steps; never taken further itself.

    Attributes:
        steps: how many of the history's steps are in it.
        until: publications up to here are in it.
        is_new: whether it was never compared with what is recorded.
    """

    policies: PolicyHistory
    steps: int
    until: int
    clocks: TicketClocks
    is_new: bool


class ClockHistory:
    """A ticket's steps in the order of its log; a longer one is another history.

    It remembers the latest fold of it, so the next command takes few steps instead of all. What is
    remembered never shows: it equals what folding all steps anew gives. Of a closed ticket nothing
    is remembered: hardly anything follows, and most tickets that are kept at hand are closed.

    Attributes:
        steps: in the order in which they were recorded.
        latest: when the latest of them happened, in microseconds.
    """

    __slots__ = ("_folded", "_next", "latest", "steps")

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        self.steps = tuple(steps)
        self.latest = max(map(_AT, steps), default=NEVER)
        self._folded: Folded | None = None
        self._next: tuple[Sequence[Step], Folded] | None = None

    def __eq__(self, other: object) -> bool:
        """Whether the same happened; what is remembered makes no difference."""
        return isinstance(other, ClockHistory) and self.steps == other.steps

    def __hash__(self) -> int:
        """Only ever compared with others of its ticket, whose length tells them apart."""
        return hash(len(self.steps))

    def followed_by(self, steps: Sequence[Step]) -> ClockHistory:
        """The history after further steps, which may be late."""
        if not steps:
            return self
        longer = ClockHistory(steps)
        longer.steps = (*self.steps, *longer.steps)
        longer.latest = max(self.latest, longer.latest)
        known = self._next
        folded = known[1] if known is not None and known[0] == steps else self._folded
        if folded is not None:
            longer._remember(folded)
        return longer

    def foresee(self, steps: Sequence[Step], folded: Folded) -> None:
        """Remember what the history comes to if these steps follow."""
        self._next = (steps, folded)

    def folded(self, policies: PolicyHistory, until: int) -> Folded:
        """The clocks after all steps and all publications up to an instant, itself not earlier.

        Raises:
            TimeNotFound: a clock would have no due time within a hundred years.
        """
        known = self._folded
        if known is None or known.policies is not policies or known.until > until:
            return self._remember(fold(self.steps, policies, until))
        further = self.steps[known.steps :]
        if not further and not policies.between(known.until, until):
            return known
        if any(step.at < known.until for step in further):
            return self._remember(fold(self.steps, policies, until))
        clocks = known.clocks.copied()
        for step in moments(in_order(further), policies, known.until, until):
            clocks.take(step)
        return self._remember(Folded(policies, len(self.steps), until, clocks, known.is_new))

    def _remember(self, folded: Folded) -> Folded:
        self._folded = None if _is_closed(folded.clocks) else folded
        return folded


def _is_closed(clocks: TicketClocks) -> bool:
    return bool(clocks.spans) and clocks.spans[-1].status == "closed"


def fold(steps: Iterable[Step], policies: PolicyHistory, until: int) -> Folded:
    """The clocks after steps in any order and all publications up to an instant.

    Raises:
        TimeNotFound: a clock would have no due time within a hundred years.
    """
    ordered = in_order(steps)
    began = ordered[0].at if ordered else until
    clocks = TicketClocks(policies.rules_at(began))
    for step in moments(ordered, policies, began, until):
        clocks.take(step)
    return Folded(policies, len(ordered), until, clocks, is_new=True)


def moments(
    ordered: Sequence[Step], policies: PolicyHistory, after: int, until: int
) -> Iterator[Step]:
    """Steps and publications by time; a publication holds for all that happens at its instant."""
    publications = policies.between(after, until)
    return merge(publications, ordered, key=_AT) if publications else iter(ordered)
