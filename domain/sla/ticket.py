"""A ticket's clocks as a fold over its steps.

The ticket knows what is true of it at the moment: status, attributes, rules, and for each metric
the one occurrence that can still change. Each step asks the same few questions: which occurrence
does it fulfil, which does it start, does it settle or reopen the ticket, do other terms apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from deskledger.domain.sla.clock import Clock, Phase, Span
from deskledger.domain.sla.metrics import COUNTED, OPENING_METRICS, SOLVE_METRICS
from deskledger.domain.sla.policy import RESPONSES
from deskledger.domain.sla.steps import SETTLED, STAYS, Message, Opening, Publication, Step
from deskledger.domain.sla.terms import NO_TERMS, Rules, Terms
from deskledger.domain.sla.transitions import fulfil, rejudge, solve


class TicketClocks:
    """The clocks of one ticket, step by step.

    Attributes:
        clocks: every occurrence so far, in the order in which they began.
        attributes: priority, type, channel, group, tier and tags as they are.
        spans: the statuses that the ticket has had, in order.
        settled: whether it is solved or closed.
        rules, current: those it is served by; of each metric the one clock that can still change.
    """

    def __init__(self, rules: Rules) -> None:
        self.clocks: list[Clock] = []
        self.spans: list[Span] = []
        self.settled, self._settled_at = False, 0
        self._newest = self.rules = rules
        self._terms: Mapping[str, Terms] = NO_TERMS
        self.attributes: dict[str, Any] = {"tags": (), "group": None}
        self._judged = self.attributes  # without what a policy has set since somebody else did
        self.current: dict[str, Clock] = {}
        self._counts: dict[str, int] = {}
        self._answered = self._updated = False

    @property
    def open_clocks(self) -> Iterable[Clock]:
        """The clocks that are not stopped."""
        return (clock for clock in self.current.values() if clock.phase is Phase.LIVE)

    def copied(self) -> TicketClocks:
        """The same clocks, to be taken further while these stay as they are."""
        made = copy(self)
        made.spans, made._counts = [*self.spans], {**self._counts}  # noqa: SLF001 - its own kind
        moved = {
            clock: clock if clock.phase is Phase.FINAL else clock.copied()
            for clock in self.current.values()
        }
        made.current = {metric: moved[clock] for metric, clock in self.current.items()}
        made.clocks = [moved.get(clock, clock) for clock in self.clocks]
        return made

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
        elif step.status is None or step.status == self.spans[-1].status:
            self._act(step, starts=not self.settled)
        elif self.settled and step.status not in SETTLED:
            self._move(step, step.status)
            self._act(step, starts=True)
        else:
            self._act(step, starts=not self.settled and step.status not in SETTLED)
            self._move(step, step.status)

    def _publish(self, publication: Publication, at: int) -> None:
        self._newest = publication.rules
        if publication.reaches_open and self.spans and not self.settled:
            self._match(self._newest, at)

    def _open(self, step: Step, opening: Opening) -> None:
        at = step.at
        self._enter(step.status or "new", at)
        self._judged = self.attributes = {**opening.attributes, "group": step.group or None}
        self.rules = self._newest
        self._terms = self.rules.terms_for(self.attributes)
        for metric in OPENING_METRICS:
            self._start(metric, at)
        self._open_with(opening, at)
        if step.agent is not None:
            self._fulfil("time_to_own", at)
        if self.settled:
            self._settle(at, by_agent=opening.by == "agent")

    def _open_with(self, opening: Opening, at: int) -> None:
        """What the opening message fulfils and starts."""
        terms = self._terms.get("first_response")
        if terms is not None and terms.opening_counts and opening.contact in terms.counts:
            self._answered = True
            self._fulfil("first_response", at)
        if self.settled:
            return
        if opening.contact is not None and self._counts_for("periodic_update", opening.contact):
            self._start("periodic_update", at)
        if opening.by == "customer" and self._starts_with_ticket():
            self._start("next_response", at)
        if self.attributes["group"] is not None:
            self._start("group_ownership", at)

    def _act(self, step: Step, *, starts: bool) -> None:
        """All of a step but its status; whether it may start clocks is stated."""
        if step.message is not None:
            self._hear(step.message, step.at, starts=starts)
        if step.agent is not None:
            self._fulfil("time_to_own", step.at)
        if step.group != STAYS or step.sets:
            self._assign(step, starts=starts)

    def _hear(self, message: Message, at: int, *, starts: bool) -> None:
        if message.by == "agent":
            self._contact(message.contact, at, starts=starts)
        elif message.by == "customer" and (self._answered or self._starts_with_ticket()) and starts:
            self._start("next_response", at)

    def _contact(self, kind: str, at: int, *, starts: bool) -> None:
        """An agent's contact: fulfils each metric whose terms count its kind."""
        if self._counts_for("first_response", kind):
            first = self.current.get("first_response")
            self._answered |= not self.settled or (first is not None and first.phase is Phase.LIVE)
            self._fulfil("first_response", at)
        if self._counts_for("next_response", kind):
            self._fulfil("next_response", at)
        if self._counts_for("periodic_update", kind) and not self._updated:
            # A message and a status that count in one step are one contact.
            self._updated = True
            self._fulfil("periodic_update", at)
            if starts:
                self._start("periodic_update", at)

    def _assign(self, step: Step, *, starts: bool) -> None:
        """A new group, and attributes set: the old stay is judged by the rules before the step."""
        moved = step.group not in (STAYS, self.attributes["group"])
        self.attributes = {**self.attributes, **(step.changes or {})}
        if moved:
            self._fulfil("group_ownership", step.at)
            self.attributes["group"] = step.group
        if step.tags is not None:
            self.attributes["tags"] = step.tags.applied(self.attributes["tags"])
        if not step.keeps_targets:
            self._judged = self.attributes
            self._match(self._newest if step.sets else self.rules, step.at)
        if moved and starts and step.group is not None:
            self._start("group_ownership", step.at)

    def _match(self, rules: Rules, at: int) -> None:
        """Find the terms that apply now, and let them judge the clocks that are not stopped."""
        self.rules = rules
        terms = rules.terms_for(self._judged)
        if terms is self._terms:
            return
        self._terms = terms
        for metric, clock in self.current.items():
            # An ended clock of a solved ticket revives with the ticket, if at all.
            if clock.phase is Phase.LIVE or (clock.phase is Phase.LOST and not self.settled):
                rejudge(clock, terms.get(metric), at, self.spans)

    def _move(self, step: Step, status: str) -> None:
        """Enter another status."""
        at, was_settled = step.at, self.settled
        by_agent = (step.by if step.message is None else step.message.by) == "agent"
        self._enter(status, at)
        if self.settled and not was_settled:
            self._settle(at, by_agent=by_agent)
        elif was_settled and not self.settled:
            self._reopen(at)
        for clock in self.open_clocks:
            if clock.terms is not None:
                clock.stand(status in clock.terms.pauses, at)
        if status == "pending" and by_agent:
            self._contact("pending", at, starts=True)

    def _enter(self, status: str, at: int) -> None:
        if self.spans:
            self.spans[-1] = self.spans[-1]._replace(until=at)
        self.spans.append(Span(at, None, status))
        if status in SETTLED and not self.settled:
            self._settled_at = at
        self.settled = status in SETTLED

    def _settle(self, at: int, *, by_agent: bool) -> None:
        """A solve fulfils what waits for it, and ends what its terms do not keep."""
        for metric, clock in self.current.items():
            counted = by_agent and metric in RESPONSES and self._counts_for(metric, "solve")
            self._answered |= counted and metric == "first_response"
            solve(clock, at, fulfils=counted or metric in SOLVE_METRICS)

    def _reopen(self, at: int) -> None:
        """What a solve stopped goes on, begins anew or stays; then the terms of now judge it."""
        for metric, clock in list(self.current.items()):
            if clock.phase is Phase.LOST:
                clock.decide(self._settled_at, at, counts=False)
            elif clock.phase is Phase.SOLVED and clock.terms is not None:
                self._reopen_clock(clock, clock.terms, at)
            rejudge(clock, self._terms.get(metric), at, self.spans)

    def _reopen_clock(self, clock: Clock, terms: Terms, at: int) -> None:
        if terms.on_reopen in ("never", "new_instance"):
            clock.phase = Phase.FINAL
            if terms.on_reopen == "new_instance":
                self._start(clock.metric, at)
            return
        if clock.metric == "first_response" and clock.fulfilled:
            # The response that the solve gave is owed again.
            self._answered = False
        stands = self.spans[-1].status in terms.pauses
        clock.resume(at, counts=terms.on_reopen == "include", stands=stands)

    def _start(self, metric: str, at: int) -> None:
        """Start the metric's next occurrence, unless one is still open."""
        current = self.current.get(metric)
        if current is not None and current.phase is not Phase.FINAL:
            return
        self._counts[metric] = instance = self._counts.get(metric, 0) + 1
        clock = self.current[metric] = Clock(metric, instance, at)
        self.clocks.append(clock)
        terms = self._terms.get(metric)
        if terms is not None:
            clock.judge(terms, at, ())
            if self.spans[-1].status in terms.pauses:
                clock.stand(True, at)

    def _fulfil(self, metric: str, at: int) -> None:
        if metric in self.current:
            fulfil(self.current[metric], at)

    def _counts_for(self, metric: str, kind: str) -> bool:
        terms = self._terms.get(metric)
        return kind in (COUNTED if terms is None else terms.counts)

    def _starts_with_ticket(self) -> bool:
        return "next_response" in self._terms and self._terms["next_response"].with_ticket
