"""A ticket's history as its clocks take it, with the event behind each step."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from deskledger.app.cli.ledger.story import Told
from deskledger.domain.configuration.policy_history import NO_RULES, PolicyHistory
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.ticket.clock_steps import clock_steps


class Source(NamedTuple):
    """What is behind a step: an event of the ticket, or a publication of service levels.

    Attributes:
        told: None for a publication.
        version: of the event in the ticket, or the number of the published version, of which there
            is none where the last one was withdrawn.
    """

    told: Told | None
    version: int | None


class SourcedHistory(NamedTuple):
    """A ticket's steps and the publications since it was opened, each with what is behind it.

    Attributes:
        rules: in force when the ticket was opened.
        steps: publications first, then the ticket's own in the order of its log.
    """

    rules: Rules
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]


def sourced_history(told: Sequence[Told], policies: PolicyHistory, until: int) -> SourcedHistory:
    """The history that a ticket's events tell.

    Args:
        told: every event of the ticket, in any order.
        policies: the desk's service levels through time.
        until: publications up to this instant, in microseconds, are in it.
    """
    own = list(_steps(told))
    began = min((step.at for step, _ in own), default=until)
    published = [
        (step, Source(None, version_of(policies, step.publication.rules)))
        for step in policies.between(began, until)
        if step.publication is not None
    ]
    both = [*published, *own]
    steps, sources = tuple(step for step, _ in both), tuple(source for _, source in both)
    return SourcedHistory(policies.rules_at(began), steps, sources)


def version_of(policies: PolicyHistory, rules: Rules) -> int | None:
    """The number of the version that has these rules; None where nothing was in force."""
    return None if rules is NO_RULES else policies.version(rules)


def _steps(told: Sequence[Told]) -> Iterator[tuple[Step, Source]]:
    by_version = sorted(told, key=lambda one: one.version)
    for _, commit in groupby(by_version, key=lambda one: one.stored["commit"]):
        yield from _of_commit(list(commit))


def _of_commit(told: Sequence[Told]) -> Iterator[tuple[Step, Source]]:
    """The steps of a commit, each with the first event that is in it."""
    events: list[Any] = [one.event for one in told]
    acting = told[0].actor.kind
    begun: list[Told] = []
    for count, one in enumerate(told, 1):
        found = len(clock_steps(events[:count], acting))
        begun += [one] * (found - len(begun))
    steps = clock_steps(events, acting)
    for step, one in zip(steps, begun, strict=True):
        yield step, Source(one, one.version)
