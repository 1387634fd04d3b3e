"""What is wrong with expectations although each of their values is valid by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from deskledger.domain.sla.faults import Fault, named, path_of, unknown
from deskledger.domain.sla.scenario.documents import Expectation, ScenarioDocument

_CLOCK = ("state", "due", "due_if_resumed", "used", "margin", "noticed_at", "mark", "mark_at")
KEYS = {
    "clock": {"ticket", "metric", "instance", "at", *_CLOCK},
    "calendar": {"calendar", "at", "from_", "to", "working", "add", "gives"},
    "ticket": {"ticket", "at", "next_due", "time_in"},
}
"""Which keys belong together, by what the expectation is about."""

CalendarSets = Sequence[tuple[int | None, AbstractSet[str]]]
"""Names of calendars, and since when they are in force; None for those of the file's top level."""


def kind_of(expectation: Expectation) -> str:
    """What an expectation is about: `clock`, `calendar` or `ticket`."""
    if expectation.metric is not None:
        return "clock"
    return "ticket" if expectation.calendar is None else "calendar"


def expectation_faults(document: ScenarioDocument, calendars: CalendarSets) -> list[Fault]:
    """Keys that do not belong together or are missing, and calendars that nobody has published."""
    return named(
        fault
        for index, one in enumerate(document.expect)
        for fault in _faults(one, calendars, index)
    )


def _faults(one: Expectation, calendars: CalendarSets, index: int) -> Iterator[Fault]:
    kind, place = kind_of(one), ("expect", index)
    for key in sorted(one.model_fields_set - KEYS[kind]):
        yield Fault(path_of(*place, key.rstrip("_")), f"key_of_no_{kind}", {})
    for key in _missing(one, kind):
        yield Fault(path_of(*place, key), "missing", {})
    if one.calendar is not None and kind == "calendar":
        names = _in_force(calendars, one.at)
        if one.calendar not in names:
            yield unknown(path_of(*place, "calendar"), "calendar_unknown", one.calendar, names)


def _missing(one: Expectation, kind: str) -> Iterator[str]:
    if kind != "calendar":
        if one.at is None:
            yield "at"
        if one.mark is None and "mark_at" in one.model_fields_set:
            yield "mark"
        return
    if one.from_ is None:
        yield "from"
    measured = {"to": one.to, "working": one.working}
    added = {"add": one.add, "gives": one.gives}
    meant = [
        pair for pair in (measured, added) if any(value is not None for value in pair.values())
    ]
    for pair in meant or [measured]:
        yield from (key for key, value in pair.items() if value is None)


def _in_force(calendars: CalendarSets, at: int | None) -> AbstractSet[str]:
    """The calendars in force at an instant; without one, those of the file's top level."""
    known = calendars[0][1]
    for since, names in calendars[1:]:
        if at is not None and since is not None and since <= at:
            known = names
    return known
