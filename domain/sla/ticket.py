"""A ticket's clocks as a fold over its steps.

The ticket knows what is true of it at the moment: status, attributes, the rules that it is served
by, and for each metric the one occurrence that can still change. Each step asks the same few
questions: which occurrence does it fulfil, which does it start, does it settle or reopen the
ticket, and do other terms begin to apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deskledger.domain.sla.clock import Clock, Phase, Span
from deskledger.domain.sla.policy import RESPONSES
from deskledger.domain.sla.steps import SETTLED, STAYS, Opening, Publication, Step
from deskledger.domain.sla.terms import NO_TERMS, Rules, Terms

OPENING_METRICS = ("first_response", "time_to_own", "resolution", "requester_wait", "agent_work")
"""Metrics that start with the ticket."""

SOLVE_METRICS = frozenset({"resolution", "requester_wait", "agent_work", "group_ownership"})
"""Metrics that a solve fulfils."""

_AGENT = "agent"


class TicketClocks:
    """The clocks of one ticket, step by step.

    Attributes:
        clocks: every occurrence so far, in the order in which they began.
        spans: the statuses that the ticket has had, in order.
    """

    def __init__(self, rules: Rules) -> None:
        self.clocks: list[Clock] = []
        self.spans: list[Span] = []
        self._newest = self._rules = rules
        self._terms: Mapping[str, Terms] = NO_TERMS
        self._attributes: dict[str, Any] = {"tags": ()}
        self._group: str | None = None
        self._current: dict[str, Clock] = {}
        self._counts: dict[str, int] = {}
        self._answered = self._updated = False

    @property
    def settled(self) -> bool:
        """Whether the ticket is solved or closed."""
        return bool(self.spans) and self.spans[-1].status in SETTLED

    @property
    def open_clocks(self) -> Iterable[Clock]:
        """The clocks that are not stopped."""
        return (clock for clock in self._current.values() if clock.phase is Phase.LIVE)

    def take(self, step: Step) -> None:
        """Take the next step.

        Within a step the message comes first, then assignment and changes, then the status; but
        one that reopens does so first, so that all else is done to an open ticket.

        Raises:
            TimeNotFound: a clock would have no due time within a hundred years.
        """
        self._updated = False
        if step.publication is not None:
            self._publish(step.publication, step.at)
        elif step.opening is not None:
            self._open(step, step.opening)
        else:
            reopens = self.settled and step.status is not None and step.status not in SETTLED
            if reopens:
                self._move(step)
            self._act(step)
            if not reopens:
                self._move(step)

    def _publish(self, publication: Publication, at: int) -> None:
        self._newest = publication.rules
        if publication.reaches_open and self.spans and not self.settled:
            self._match(self._newest, at)

    def _open(self, step: Step, opening: Opening) -> None:
        at, status = step.at, step.status or "new"
        self._attributes |= opening.attributes
        self._group = step.group or None
        self._attributes["group"] = self._group
        self._rules = self._newest
        self._terms = self._rules.terms_for(self._attributes)
        self.spans.append(Span(at, None, status))
        for metric in OPENING_METRICS:
            self._start(metric, at)
        self._open_with(opening, at)
        if self.settled:
            self._settle(at, by_agent=opening.by == _AGENT)

    def _open_with(self, opening: Opening, at: int) -> None:
        """What the opening message fulfils and starts."""
        terms = self._terms.get("first_response")
        if terms is not None and terms.opening_counts and opening.contact in terms.counts:
            self._answered = True
            self._fulfil("first_response", at)
        if self.settled:
            return
        if opening.contact is not None and self._counted("periodic_update", opening.contact):
            self._start("periodic_update", at)
        if opening.by == "customer" and self._starts_with_ticket():
            self._start("next_response", at)
        if self._group is not None:
            self._start("group_ownership", at)

    def _act(self, step: Step) -> None:
        """All of a step but its status."""
        starts = not self.settled and step.status not in SETTLED
        author = step.message and step.message.by
        waits = self._answered or self._starts_with_ticket()
        if step.message is not None and author == _AGENT:
            self._contact(step.message.contact, step.at, starts=starts)
        elif author == "customer" and starts and waits:
            self._start("next_response", step.at)
        if step.agent is not None:
            self._fulfil("time_to_own", step.at)
        self._assign(step, starts=starts)

    def _contact(self, kind: str, at: int, *, starts: bool) -> None:
        """An agent's contact: fulfils each metric whose terms count its kind."""
        if self._counted("first_response", kind):
            waiting = self._current.get("first_response")
            self._answered |= not self.settled or _is_live(waiting)
            self._fulfil("first_response", at)
        if self._counted("next_response", kind):
            self._fulfil("next_response", at)
        if self._counted("periodic_update", kind):
            self._update(at, starts=starts)

    def _update(self, at: int, *, starts: bool) -> None:
        """One update: a message and a status that count in one step are one contact."""
        if self._updated:
            return
        self._updated = True
        self._fulfil("periodic_update", at)
        if starts:
            self._start("periodic_update", at)

    def _assign(self, step: Step, *, starts: bool) -> None:
        """A new group, and attributes set: the old stay is judged by the rules before the step."""
        moved = step.group not in (STAYS, self._group)
        if moved:
            self._fulfil("group_ownership", step.at)
            self._group = self._attributes["group"] = step.group
        if step.changes is not None:
            self._attributes |= step.changes
            self._match(self._newest, step.at)
        elif step.group != STAYS:
            self._match(self._rules, step.at)
        if moved and starts and self._group is not None:
            self._start("group_ownership", step.at)

    def _match(self, rules: Rules, at: int) -> None:
        """Find the terms that apply now, and let them judge the clocks that are not stopped."""
        self._rules = rules
        self._terms = rules.terms_for(self._attributes)
        for metric, clock in self._current.items():
            if clock.phase is not Phase.SOLVED:
                self._rejudge(clock, self._terms.get(metric), at)

    def _rejudge(self, clock: Clock, terms: Terms | None, at: int) -> None:
        clock.look(at)
        if clock.phase is Phase.FINAL or clock.noticed is not None:
            return
        if clock.phase is Phase.LOST and self.settled:
            return
        if terms is None:
            if clock.terms is not None and clock.phase is Phase.LIVE:
                clock.stop(at, Phase.LOST, fulfilled=False)
        elif clock.terms is None or clock.phase is Phase.LOST:
            clock.judge(terms, at, self.spans)
        elif clock.terms != terms:
            if terms.carries:
                clock.carry(terms, at, stands=self._pauses(terms))
            else:
                clock.judge(terms, at, self.spans)

    def _move(self, step: Step) -> None:
        """Enter the step's status, if it is another one."""
        if step.status is None or step.status == self.spans[-1].status:
            return
        at, was_settled = step.at, self.settled
        solved_at = self._settled_since()
        self.spans[-1] = self.spans[-1]._replace(until=at)
        self.spans.append(Span(at, None, step.status))
        by_agent = step.message is None or step.message.by == _AGENT
        if self.settled and not was_settled:
            self._settle(at, by_agent=by_agent)
        elif was_settled and not self.settled:
            self._reopen(solved_at, at)
        for clock in self._current.values():
            if clock.phase is Phase.LIVE and clock.terms is not None:
                clock.stand(self._pauses(clock.terms), at)
        if step.status == "pending" and by_agent:
            self._contact("pending", at, starts=True)

    def _settle(self, at: int, *, by_agent: bool) -> None:
        """A solve fulfils what waits for it, and ends what its terms do not keep."""
        for metric, clock in self._current.items():
            fulfils = metric in SOLVE_METRICS or (
                by_agent and metric in RESPONSES and self._counted(metric, "solve")
            )
            self._answered |= fulfils and metric == "first_response"
            if clock.phase is Phase.LOST:
                clock.phase = Phase.FINAL if fulfils else Phase.LOST
            elif clock.phase is Phase.LIVE and clock.terms is None:
                clock.phase = Phase.FINAL
            elif clock.phase is Phase.LIVE and (fulfils or not (clock.terms and clock.terms.keeps)):
                clock.stop(at, Phase.SOLVED, fulfilled=fulfils)

    def _reopen(self, solved_at: int, at: int) -> None:
        """What a solve stopped goes on, begins anew or stays, as its terms of then say."""
        for metric, clock in list(self._current.items()):
            if clock.phase is Phase.LOST:
                clock.skip(solved_at, at)
            elif clock.phase is Phase.SOLVED and clock.terms is not None:
                self._reopen_clock(clock, clock.terms, at)
            self._rejudge(self._current[metric], self._terms.get(metric), at)

    def _reopen_clock(self, clock: Clock, terms: Terms, at: int) -> None:
        match terms.on_reopen:
            case "never":
                clock.phase = Phase.FINAL
            case "new_instance":
                clock.phase = Phase.FINAL
                self._start(clock.metric, at)
            case how:
                if clock.metric == "first_response" and clock.fulfilled:
                    self._answered = False
                clock.resume(at, counts=how == "include", stands=self._pauses(terms))

    def _start(self, metric: str, at: int) -> None:
        """Start the metric's next occurrence, unless one is still open."""
        current = self._current.get(metric)
        if current is not None and current.phase is not Phase.FINAL:
            return
        self._counts[metric] = instance = self._counts.get(metric, 0) + 1
        clock = self._current[metric] = Clock(metric, instance, at)
        self.clocks.append(clock)
        terms = self._terms.get(metric)
        if terms is not None:
            clock.judge(terms, at, self.spans[-1:])

    def _fulfil(self, metric: str, at: int) -> None:
        """What the metric's open occurrence waits for has happened."""
        clock = self._current.get(metric)
        if clock is None:
            return
        if clock.phase is Phase.LOST:
            clock.phase = Phase.FINAL
        elif clock.phase is Phase.LIVE:
            clock.stop(at, Phase.FINAL, fulfilled=True)

    def _counted(self, metric: str, kind: str) -> bool:
        terms = self._terms.get(metric)
        return kind in (_COUNTED if terms is None else terms.counts)

    def _starts_with_ticket(self) -> bool:
        terms = self._terms.get("next_response")
        return terms is not None and terms.with_ticket

    def _pauses(self, terms: Terms) -> bool:
        return self.spans[-1].status in terms.pauses

    def _settled_since(self) -> int:
        """Since when the ticket has been solved or closed without a break."""
        since = self.spans[-1].since
        for span in reversed(self.spans):
            if span.status not in SETTLED:
                break
            since = span.since
        return since


_COUNTED = frozenset({"public_message", "call"})


def _is_live(clock: Clock | None) -> bool:
    return clock is not None and clock.phase is Phase.LIVE
