"""The clock events that belong to what a command does to a ticket.

The ticket's steps and the publications of service levels are gone through in order of time. At
each moment the clocks are compared with what is recorded, first as time alone has moved them, then
after what happened. Where something is filed into the past, the whole history is folded anew and
compared once, with the present; so the record ends the same, whatever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deskledger.domain.configuration.policy_history import (
    POLICY_STREAM,
    PolicyHistory,
    policy_history,
)
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.sla.calendar import TimeNotFound
from deskledger.domain.sla.clock import Clock
from deskledger.domain.sla.clocks import in_order
from deskledger.domain.sla.instants import micros_of
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Terms
from deskledger.domain.sla.ticket import TicketClocks
from deskledger.domain.sla.views import state_of
from deskledger.domain.ticket.clock_differences import Difference, differences, vanished
from deskledger.domain.ticket.clock_event_making import clock_event
from deskledger.domain.ticket.clock_events import AnyClockEvent, ClockPhase, Measured
from deskledger.domain.ticket.clock_history import NEVER, ClockHistory, Folded, fold, moments
from deskledger.domain.ticket.clock_steps import clock_steps
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.recorded_clocks import (
    ClockKey,
    Judgement,
    RecordedClock,
    RecordedClocks,
)
from deskledger.domain.ticket.state import TicketState

_UNBEGUN = ClockHistory()


def clock_events(
    state: TicketState | None, events: Sequence[TicketEvent], context: Context
) -> list[AnyClockEvent]:
    """The clock events that follow from events of one command, and from time that has passed.

    An import is judged as of what it tells, not as of today: what comes next in the history may
    still meet a target. Everything else is judged as of now.

    Raises:
        CommandRefused: a clock would have no due time within a hundred years.
    """
    policies = policy_history(context.states.get(POLICY_STREAM))
    if policies is None:
        return []
    steps = clock_steps(events, context.acting.kind)
    history = _UNBEGUN if state is None else state.clock_history
    recorded = {} if state is None else state.clocks
    recording = Recording(policies, recorded, context.part)
    told = context.history and bool(events)
    try:
        recording.bring_up(history, steps, NEVER if told else micros_of(context.now))
    except TimeNotFound:
        raise CommandRefused("due_not_found") from None
    return recording.events


class Recording:
    """Brings what is recorded of a ticket's clocks up to date.

    Attributes:
        events: those that do so, in the order of their commit.
    """

    def __init__(self, policies: PolicyHistory, recorded: RecordedClocks, ticket: str) -> None:
        self.events: list[AnyClockEvent] = []
        self._policies = policies
        self._known: dict[ClockKey, RecordedClock] = dict(recorded)
        self._of = Measured.model_construct(kind="ticket", id=ticket)

    def bring_up(self, history: ClockHistory, steps: Sequence[Step], now: int) -> None:
        """Take further steps, and time until `now`, or until the latest of what is known.

        Raises:
            TimeNotFound: a clock would have no due time within a hundred years.
        """
        ordered = in_order(steps)
        since = max(history.latest, observed_until(self._known.values()))
        until = max(now, since, ordered[-1].at) if ordered else max(now, since)
        if not history.steps:
            began = ordered[0].at
            self._go_on(TicketClocks(self._policies.rules_at(began)), ordered, began, until)
            return
        if ordered and ordered[0].at < since:
            folded = fold((*history.steps, *steps), self._policies, until)
            self._check(folded.clocks, until, "late_fact")
        else:
            known = history.folded(self._policies, since)
            clocks = known.clocks.copied()
            if known.is_new:
                self._check(clocks, since, "published")
            last = self._go_on(clocks, ordered, since, until)
            folded = Folded(self._policies, known.steps + len(steps), last, clocks, is_new=False)
        history.foresee(steps, folded._replace(is_new=False))

    def _check(self, clocks: TicketClocks, now: int, reason: str) -> None:
        """Compare all that is recorded, where it may come from another history or other rules."""
        self._compare(clocks.clocks, now, reason, exact=True)
        shown = {(one.metric, one.instance) for one in clocks.clocks if one.terms is not None}
        for key in self._known.keys() - shown:
            self._record(key, vanished(self._known[key], now), reason)

    def _go_on(self, clocks: TicketClocks, ordered: Sequence[Step], since: int, until: int) -> int:
        """Take steps and publications one by one, each after the time before it; tells the last."""
        last = since
        for step in moments(ordered, self._policies, since, until):
            self._pass(clocks, step.at)
            before = {clock: _course(clock) for clock in clocks.current.values()}
            was_settled = clocks.settled
            clocks.take(step)
            changed = [one for one, course in before.items() if _course(one) != course]
            changed += [one for one in clocks.current.values() if one not in before]
            reopened = was_settled and not clocks.settled
            reason = "published" if step.publication is not None else "changed"
            self._compare(changed, step.at, "reopened" if reopened else reason, exact=False)
            last = step.at
        self._pass(clocks, until)
        return last

    def _pass(self, clocks: TicketClocks, now: int) -> None:
        """Let time alone pass: only what was to come by now can have come."""
        for clock in clocks.current.values():
            known = self._known.get((clock.metric, clock.instance))
            if known is not None and known.next_at is not None and known.next_at <= now:
                self._compare((clock,), now, "changed", exact=False)

    def _compare(self, clocks: Iterable[Clock], now: int, reason: str, *, exact: bool) -> None:
        for clock in clocks:
            if clock.terms is not None:
                key = (clock.metric, clock.instance)
                known = self._known.get(key)
                found = self._found(clock, clock.terms, now, known)
                self._record(key, differences(known, found, clock, exact=exact), reason)

    def _found(
        self, clock: Clock, terms: Terms, now: int, known: RecordedClock | None
    ) -> RecordedClock:
        """A clock as it would be recorded at a moment."""
        state, noticed = state_of(clock, now)
        due = None if state in ("paused", "ended") else clock.due
        if clock.stopped is not None:
            phase: ClockPhase = "stopped"
        else:
            phase = "counting" if clock.standing is None else "standing"
        origin = terms.origin
        return RecordedClock(
            at=now,
            state=state,
            phase=phase,
            start=clock.start,
            due=due,
            used=clock.used(now),
            target=clock.length,
            noticed=noticed,
            stopped=clock.stopped,
            provisional=due is not None and not terms.calendar.known(due),
            next_at=None,
            judgement=Judgement(
                self._policies.version(origin.rules),
                origin.policy,
                origin.calendar,
                origin.within,
                clock.began,
            ),
            marks=frozenset() if known is None else known.marks,
        )

    def _record(self, key: ClockKey, done: Iterable[Difference], reason: str) -> None:
        before = self._known.get(key)
        for one in done:
            self.events.append(clock_event(key, one, before, reason=reason, of=self._of))
            self._known[key] = one.clock


def observed_until(recorded: Iterable[RecordedClock]) -> int:
    """Up to when clocks were looked at; a breach is found after the due time, not at it."""
    return max((one.at + (one.at == one.noticed) for one in recorded), default=NEVER)


def _course(clock: Clock) -> tuple[object, ...]:
    """What a step may change of a clock."""
    return (
        clock.phase, clock.terms, clock.began, clock.due, clock.noticed, clock.standing,
        clock.stopped, clock.counts_since,
    )  # fmt: skip
