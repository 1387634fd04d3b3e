"""A ticket lived through step by step, its clocks recorded as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deskledger.domain.configuration.policy_history import PolicyHistory
from deskledger.domain.sla.scenario.reading import Scenario
from deskledger.domain.sla.steps import Publication, Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.ticket.clock_events import AnyClockEvent
from deskledger.domain.ticket.clock_history import NEVER, ClockHistory
from deskledger.domain.ticket.clock_recording import Recording
from deskledger.domain.ticket.recorded_clocks import ClockKey, RecordedClock, filed_clock

BEFORE_ALL = -(2**61)


def published(rules: Rules, steps: Iterable[Step]) -> PolicyHistory:
    """The history of rules that were there before everything, and of publications."""
    first = Step(BEFORE_ALL, publication=Publication(rules, reaches_open=False))
    found = [first, *(step for step in steps if step.publication is not None)]
    numbers = [(step.publication.rules, n) for n, step in enumerate(found, 1) if step.publication]
    return PolicyHistory(found, numbers)


@dataclass
class Lived:
    """A ticket and what is recorded of its clocks.

    Attributes:
        commits: the clock events of each step, as they are stored.
    """

    policies: PolicyHistory
    history: ClockHistory = field(default_factory=ClockHistory)
    recorded: dict[ClockKey, RecordedClock] = field(default_factory=dict)
    commits: list[list[AnyClockEvent]] = field(default_factory=list)

    def take(self, *steps: Step, now: int = NEVER) -> list[AnyClockEvent]:
        """Let one commit happen at a time; what is recorded comes from its events alone."""
        recording = Recording(self.policies, self.recorded, "t1")
        recording.bring_up(self.history, steps, now)
        self.history = self.history.followed_by(steps)
        events = [type(one).model_validate(one.written()) for one in recording.events]
        for event in events:
            self.recorded = filed_clock(self.recorded, event)
        self.commits.append(events)
        return events


def lived(policies: PolicyHistory, steps: Sequence[Step]) -> Lived:
    """A ticket to which steps happened, in the order of its log."""
    ticket = Lived(policies)
    for step in steps:
        if step.publication is None:
            ticket.take(step)
    return ticket


def own_steps(scenario: Scenario, ticket: str) -> list[Step]:
    """The steps of one ticket in the order of the file."""
    entries = sorted(scenario.entries, key=lambda one: one.place)
    return [one.step for one in entries if one.ticket == ticket]
