"""Random desks and tickets: policies of every option, and what happens to tickets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from deskledger.app.public_holidays import countries
from deskledger.domain.sla.durations import DAY, MINUTE
from deskledger.domain.sla.policy import RESPONSES, Metric, StatusName
from deskledger.domain.sla.scenario.reading import Scenario, read_scenario
from tests.sla.build import OFFICE, instant

START = datetime(2026, 6, 8, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))
BEGIN = instant("2026-06-08T08:30")
LATE = {**OFFICE, "weekly": {day: ["12:00-20:00"] for day in OFFICE["weekly"]}}
STATUSES = get_args(StatusName)
PRIORITIES = ("low", "high", "urgent")

MARKS: tuple[list[dict[str, Any]], ...] = (
    [{"name": "warn", "offset": "-PT15M"}, {"name": "half", "percent": 50}],
    [{"name": "now", "offset": "PT0S"}, {"name": "after", "offset": "PT1H", "level": 1}],
)

statuses = st.sampled_from(STATUSES)
lengths = st.sampled_from(("PT30M", "PT1H", "PT2H", "PT4H", "PT9H", "P1D", "P2D"))


@st.composite
def targets(draw: st.DrawFn, metric: str) -> dict[str, Any]:
    """A target of a metric, with any of the options that it may have."""
    within = draw(lengths)
    options: dict[str, st.SearchStrategy[Any]] = {
        "pauses_in": st.lists(st.sampled_from(("new", "pending", "on_hold")), unique=True),
        "on_reopen": st.sampled_from(("resume", "include", "new_instance", "never")),
        "calendar": st.sampled_from(("office", "late", "always")),
        "marks": st.sampled_from(MARKS),
    }
    if within.startswith("PT"):
        options["on_change"] = st.sampled_from(("recompute", "carry"))
    if metric in RESPONSES:
        kinds = ("public_message", "internal_note", "call", "pending", "solve")
        options["counts"] = st.lists(st.sampled_from(kinds), min_size=1, unique=True)
    if metric in RESPONSES | {"time_to_own"}:
        options["on_solve"] = st.sampled_from(("end", "keep"))
    if metric == "next_response":
        options["starts"] = st.sampled_from(("after_first_response", "with_ticket"))
    if metric == "first_response":
        options["opening_counts"] = st.booleans()
    stated = draw(st.fixed_dictionaries({}, optional=options))
    return {"metric": metric, "within": within, **stated}


@st.composite
def policies(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A policy for each of some priorities; nothing is promised to the others."""
    matched = draw(st.lists(st.sampled_from(PRIORITIES), min_size=1, unique=True))
    metrics = st.lists(st.sampled_from(get_args(Metric)), min_size=1, unique=True)
    return [
        {
            "name": priority,
            "when": {"priority": [priority]},
            "calendar": draw(st.sampled_from(("office", "late"))),
            "targets": [draw(targets(metric)) for metric in draw(metrics)],
        }
        for priority in matched
    ]


def acts() -> st.SearchStrategy[dict[str, Any]]:
    """A step of an open ticket, without its time."""
    status = st.fixed_dictionaries({}, optional={"status": statuses})
    groups = st.sampled_from(("a", "b"))
    message = st.fixed_dictionaries(
        {"do": st.just("message"), "by": st.sampled_from(("customer", "agent", "agent", "bot"))},
        optional={"public": st.booleans(), "channel": st.sampled_from(("phone", "mail"))},
    )
    return st.one_of(
        st.builds(lambda one, more: one | more, message, status),
        st.fixed_dictionaries({"do": st.just("status"), "to": statuses}),
        st.fixed_dictionaries(
            {"do": st.just("assign"), "agent": st.sampled_from(("eva", None))},
            optional={"group": groups, "status": statuses},
        ),
        st.fixed_dictionaries(
            {"do": st.just("set"), "priority": st.sampled_from(PRIORITIES)},
            optional={"group": groups, "status": statuses},
        ),
    )


@st.composite
def timelines(draw: st.DrawFn, ticket: str = "t1") -> list[dict[str, Any]]:
    """One ticket's steps, each at its own minute, in order."""
    opening = st.fixed_dictionaries(
        {
            "do": st.just("open"),
            "by": st.sampled_from(("customer", "agent")),
            "priority": st.sampled_from(PRIORITIES),
        },
        optional={
            "public": st.booleans(),
            "group": st.sampled_from(("a", "b")),
            "status": st.sampled_from(("new", "open", "pending", "solved")),
        },
    )
    steps = [draw(opening), *draw(st.lists(acts(), max_size=14))]
    minutes = draw(st.sets(st.integers(1, 4 * 24 * 60), min_size=14, max_size=14))
    return [
        {"at": time_text(minute), "ticket": ticket, **step}
        for minute, step in zip([0, *sorted(minutes)], steps, strict=False)
    ]


def time_text(minute: int) -> str:
    """A minute after the begin of every history, as a scenario writes it."""
    return (START + timedelta(minutes=minute)).isoformat()


def scenario(
    rules: list[dict[str, Any]],
    timeline: Iterable[dict[str, Any]],
    expect: Iterable[dict[str, Any]] = (),
) -> Scenario:
    """A scenario in office and late hours, read as a file is."""
    document = {
        "format": 1,
        "id": "drawn",
        "calendars": {"office": OFFICE, "late": LATE},
        "policies": rules,
        "timeline": list(timeline),
        "expect": list(expect),
    }
    return read_scenario(json.dumps(document).encode(), countries())


moments = st.integers(0, 6 * DAY // MINUTE).map(lambda minute: BEGIN + minute * MINUTE)
"""Instants at which a history may be looked at."""
