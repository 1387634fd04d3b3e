"""The desk's service levels through time: which rules were in force when, as clocks take them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.configuration.state import ConfigurationState, Version
from deskledger.domain.sla.instants import instant_of, micros_of
from deskledger.domain.sla.steps import Publication, Step
from deskledger.domain.sla.terms import Rules

POLICY_STREAM = "service-policy/default"

NO_RULES = Rules((), {})
"""In force before anything was published, or when all was withdrawn."""


class PolicyHistory:
    """What was in force when; instants are microseconds.

    A version is in force from the time that its publication states, which may lie before it was
    recorded. One that was withdrawn makes way for the newest that stands; tickets that have it
    keep it, for it may only not be put to new use.
    """

    def __init__(self, publications: Sequence[Step], numbers: Iterable[tuple[Rules, int]]) -> None:
        """Takes what was in force since when, in order of time, and the number of each version."""
        self._steps = tuple(publications)
        self._times = [step.at for step in publications]
        self._versions = {number: rules for rules, number in numbers}
        self._numbers = {id(rules): number for number, rules in self._versions.items()}

    def rules_at(self, at: int) -> Rules:
        """The rules in force at an instant."""
        found = bisect_right(self._times, at)
        publication = self._steps[found - 1].publication if found else None
        return NO_RULES if publication is None else publication.rules

    def between(self, after: int, until: int) -> tuple[Step, ...]:
        """What changed after one instant and until another, in order of time."""
        return self._steps[bisect_right(self._times, after) : bisect_right(self._times, until)]

    def version(self, rules: Rules) -> int:
        """The number of the version that has these rules."""
        return self._numbers[id(rules)]

    def rules(self, version: int) -> Rules:
        """The rules of a version."""
        return self._versions[version]


class _Same:
    """A state that is equal to itself alone: what it comes to is worked out once."""

    __slots__ = ("state",)

    def __init__(self, state: ConfigurationState) -> None:
        self.state = state

    def __hash__(self) -> int:
        return id(self.state)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.state is self.state


def policy_history(state: ConfigurationState | None) -> PolicyHistory | None:
    """The history of a desk's service levels; None where none were ever published."""
    if state is None or not state.versions:
        return None
    return _history(_Same(state))


@lru_cache(maxsize=16)
def _history(same: _Same) -> PolicyHistory:
    versions = same.state.versions
    return PolicyHistory(_changes(same.state), ((_rules(one), one.number) for one in versions))


def _changes(state: ConfigurationState) -> tuple[Step, ...]:
    """Each change of what is in force as a publication, at its time."""
    times = {
        at
        for one in state.versions
        for at in (one.published_at, one.withdrawn_at)
        if at is not None
    }
    steps, held = [], None
    for at in sorted(map(micros_of, times)):
        version = state.in_force(instant_of(at), None, "")
        if version is not held:
            begins = version is not None and version.published_at == instant_of(at)
            reaches = begins and version is not None and _document(version).reach == "open"
            rules = NO_RULES if version is None else _rules(version)
            steps.append(Step(at, publication=Publication(rules, reaches)))
            held = version
    return tuple(steps)


def _rules(version: Version) -> Rules:
    return _document(version).rules


def _document(version: Version) -> ServicePolicy:
    assert isinstance(version.document, ServicePolicy), "the stream holds nothing else"
    return version.document
