"""Running a scenario through the clocks of live tickets, and comparing what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from deskledger.domain.sla.calendar import Calendar, TimeNotFound
from deskledger.domain.sla.clocks import next_due, shown
from deskledger.domain.sla.durations import Duration, duration_text
from deskledger.domain.sla.faults import Fault, Faulty, path_of
from deskledger.domain.sla.instants import instant_text
from deskledger.domain.sla.scenario.documents import Expectation
from deskledger.domain.sla.scenario.expectations import kind_of
from deskledger.domain.sla.scenario.reading import Entry, Scenario
from deskledger.domain.sla.ticket import TicketClocks
from deskledger.domain.sla.views import ClockView, view

TIMES = frozenset({"due", "due_if_resumed", "noticed_at", "mark_at", "next_due", "gives"})
"""Keys whose values are instants; the others are lengths, states, or lengths by status."""


class Difference(NamedTuple):
    """A key of an expectation that shows something else; values as JSON has them."""

    expectation: int
    key: str
    expected: Any
    actual: Any


def check_scenario(scenario: Scenario) -> list[Difference]:
    """What shows otherwise than expected, in the order of the file.

    Raises:
        Faulty: a step or an expectation needs a time that cannot be found.
    """
    run = _Run(scenario)
    found: list[Difference] = []
    for index, expectation in _by_time(scenario.expectations):
        if expectation.at is not None:
            run.until(expectation.at)
        found += run.differences(index, expectation)
    run.until(None)
    if run.faults:
        raise Faulty(run.faults, scenario.id)
    return sorted(found, key=lambda one: one.expectation)


def _by_time(expectations: Sequence[Expectation]) -> list[tuple[int, Expectation]]:
    """Those without a time first: they mean the file's top level."""
    numbered = enumerate(expectations)
    return sorted(numbered, key=lambda one: (one[1].at is not None, one[1].at or 0))


class _Run:
    """The tickets of a scenario as they are after some of its steps."""

    def __init__(self, scenario: Scenario) -> None:
        self.faults: list[Fault] = []
        self._rules = scenario.rules
        self._first = scenario.rules
        self._tickets: dict[str, TicketClocks] = {}
        self._entries = iter(scenario.entries)
        self._next = next(self._entries, None)

    def until(self, at: int | None) -> None:
        """Take the steps that happened up to `at`; None for all."""
        while self._next is not None and (at is None or self._next.step.at <= at):
            self._take(self._next)
            self._next = next(self._entries, None)

    def _take(self, entry: Entry) -> None:
        if entry.step.publication is not None:
            self._rules = entry.step.publication.rules
            takers = list(self._tickets.values())
        else:
            assert entry.ticket is not None, "a step is a ticket's or a publication"
            takers = [self._tickets.setdefault(entry.ticket, TicketClocks(self._rules))]
        for ticket in takers:
            try:
                ticket.take(entry.step)
            except TimeNotFound:
                path = path_of("timeline", entry.place)
                self.faults.append(Fault(path, "due_not_found", {}))
                return

    def differences(self, index: int, one: Expectation) -> Iterator[Difference]:
        """Where an expectation does not hold now."""
        try:
            actual = self._actual(one)
        except TimeNotFound:
            self.faults.append(Fault(path_of("expect", index, "add"), "time_not_found", {}))
            return
        for key, value in actual.items():
            expected = _stated(getattr(one, key))
            if key in one.model_fields_set and expected != value:
                yield Difference(index, key, _json(key, expected), _json(key, value))

    def _actual(self, one: Expectation) -> dict[str, Any]:
        """What shows, by the keys of an expectation: in microseconds, lengths by status whole."""
        match kind_of(one):
            case "clock":
                return self._clock(one)
            case "calendar":
                return self._calendar(one)
            case _:
                return self._ticket(one)

    def _clock(self, one: Expectation) -> dict[str, Any]:
        ticket, at = self._tickets.get(one.ticket), one.at or 0
        clocks = () if ticket is None else ticket.clocks
        wanted = (one.metric, one.instance)
        clock = next((clock for clock in clocks if (clock.metric, clock.instance) == wanted), None)
        seen = None if clock is None else view(clock, at)
        keys = ("state", "due", "due_if_resumed", "used", "margin", "noticed_at")
        if seen is None:
            return dict.fromkeys((*keys, "mark_at")) | {"state": "absent"}
        return {key: getattr(seen, key) for key in keys} | {
            "mark_at": seen.marks.get(one.mark or "")
        }

    def _ticket(self, one: Expectation) -> dict[str, Any]:
        ticket, at = self._tickets.get(one.ticket), one.at or 0
        if ticket is None:
            return {"next_due": None, "time_in": {}}
        seen: tuple[ClockView, ...] = ()
        if "next_due" in one.model_fields_set:
            seen = shown(ticket.open_clocks, at)
        return {"next_due": next_due(seen), "time_in": _time_in(ticket, at)}

    def _calendar(self, one: Expectation) -> dict[str, Any]:
        rules = self._first if one.at is None else self._rules
        calendar: Calendar = rules.calendars[one.calendar or ""]
        actual: dict[str, Any] = {}
        if one.to is not None:
            actual["working"] = calendar.worked(one.from_ or 0, one.to)
        if one.add is not None:
            actual["gives"] = calendar.shifted(one.from_ or 0, one.add)
        return actual


def _time_in(ticket: TicketClocks, at: int) -> dict[str, int]:
    """Elapsed time by status, without those of no time."""
    spans = sorted(ticket.spans, key=lambda span: span.status)
    times = {
        status: sum((at if span.until is None else span.until) - span.since for span in group)
        for status, group in groupby(spans, key=lambda span: span.status)
    }
    return {status: time for status, time in times.items() if time}


def _stated(value: Any) -> Any:
    match value:
        case Duration():
            return value.micros
        case dict():
            return {name: one.micros for name, one in value.items() if one.micros}
        case _:
            return value


def _json(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: duration_text(one) for name, one in value.items()}
    if isinstance(value, int):
        return instant_text(value) if key in TIMES else duration_text(value)
    return value
