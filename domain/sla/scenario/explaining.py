"""Why the clocks of a scenario show what they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deskledger.domain.sla.calendar import TimeNotFound
from deskledger.domain.sla.explanation.explaining import explain
from deskledger.domain.sla.explanation.lines import Explanation
from deskledger.domain.sla.faults import path_of
from deskledger.domain.sla.scenario.reading import Scenario


class Explained(NamedTuple):
    """The clock that expectations look at, at one moment.

    Attributes:
        expectations: indexes of those that look at it.
        explanation: None where there is no such clock.
        steps: paths of the steps in the file, by the index that the explanation gives them.
    """

    expectations: tuple[int, ...]
    ticket: str
    explanation: Explanation | None
    steps: tuple[str, ...]


def explained(scenario: Scenario) -> Iterator[Explained]:
    """The explanations of all clocks that expectations look at, in the order of the file.

    One for which no due time can be found has none; checking the scenario tells that fault.
    """
    for (ticket, metric, instance, at), expectations in _looked_at(scenario).items():
        entries = [one for one in scenario.entries if one.ticket in (ticket, None)]
        steps = tuple(path_of("timeline", one.place) for one in entries)
        wanted = (metric, instance)
        try:
            found = explain(
                [one.step for one in entries],
                scenario.rules,
                at,
                lambda *clock, wanted=wanted: clock == wanted,
            )
        except TimeNotFound:
            found = []
        yield Explained(tuple(expectations), ticket, found[0] if found else None, steps)


def _looked_at(scenario: Scenario) -> Mapping[tuple[str, str, int, int], list[int]]:
    """The indexes of the expectations by ticket, metric, instance and time."""
    found: dict[tuple[str, str, int, int], list[int]] = {}
    for index, one in enumerate(scenario.expectations):
        if one.metric is not None and one.at is not None:
            found.setdefault((one.ticket, one.metric, one.instance, one.at), []).append(index)
    return found
