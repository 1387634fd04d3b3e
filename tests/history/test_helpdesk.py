"""The real help desk log: each event counted against the file itself."""

from __future__ import annotations

import gzip
import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.history.mapping_files import load_mapping
from tests.history.build import histories, imported, size
from tests.history.real_logs import HELPDESK, SharedImport, real_log, shared_import

Event = dict[str, str]
STATUS = {
    "Take in charge ticket": "open",
    "Resolve SW anomaly": "open",
    "Wait": "pending",
    "Require upgrade": "on_hold",
    "Create SW anomaly": "on_hold",
    "Schedule intervention": "on_hold",
    "Resolve ticket": "solved",
    "Closed": "closed",
}


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Event]]:
    """The file's events by case, read without the importer."""
    name = "{http://www.xes-standard.org/}"
    found = {}
    with gzip.open(real_log(HELPDESK)) as stream:
        root = ET.parse(stream).getroot()  # noqa: S314 - the file is known
        for trace in root.iter(f"{name}trace"):
            case = trace.find(f"{name}string")
            assert case is not None
            found[case.attrib["value"]] = [
                {each.attrib["key"]: each.attrib["value"] for each in event}
                for event in trace.iter(f"{name}event")
            ]
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SharedImport:
    return shared_import(tmp_path_factory, HELPDESK, "helpdesk")


@pytest.fixture(scope="module")
def desk(shared: SharedImport) -> Iterator[Desk]:
    with Desk.open(shared.directory) as opened:
        yield opened


@pytest.fixture(scope="module")
def found(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    return histories(desk)


def duplicates(events: list[Event]) -> int:
    return len(events) - len({tuple(sorted(event.items())) for event in events})


def test_the_file_has_the_quirks_that_are_told_of_it(cases: dict[str, list[Event]]) -> None:
    activities = [[event["concept:name"] for event in events] for events in cases.values()]
    times = [[event["time:timestamp"] for event in events] for events in cases.values()]
    assert (len(cases), sum(map(len, activities))) == (4_580, 21_348)
    assert sum(duplicates(events) > 0 for events in cases.values()) == 126
    assert sum("Closed" in each[:-1] for each in activities) == 17
    assert sum(each[-1] != "Closed" for each in activities) == 23
    assert sum(len(set(each)) < len(each) for each in times) == 129


def test_every_event_is_accounted_for(shared: SharedImport, cases: dict[str, list[Event]]) -> None:
    report = shared.report
    idle = sum(_idle(events) for events in cases.values())
    assert report["rows"] == sum(map(len, cases.values()))
    assert report["no_change"] == idle
    assert report["used"] == report["rows"] - idle
    assert report["opened"] == len(cases)
    assert (report["refused"], report["quarantined"], report["unread"]) == ({}, {}, [])


def _idle(events: list[Event]) -> int:
    """Events that say only what the one before said, apart from time and person."""
    mapped = [
        {
            **{key: value for key, value in event.items() if key not in _UNMAPPED},
            "taken": event["org:resource"] if "Take in" in event["concept:name"] else "",
        }
        for event in events
    ]
    return sum(one == other for one, other in itertools.pairwise(mapped))


_UNMAPPED = frozenset({"time:timestamp", "org:resource", "seriousness"})


def test_exact_duplicates_change_nothing(
    cases: dict[str, list[Event]], found: dict[str, list[dict[str, Any]]]
) -> None:
    count = 0
    for case, events in cases.items():
        if duplicates(events):
            answered = [e for e in found[case] if e["type"] == "CommandAnswered"]
            assert len(answered) >= duplicates(events)
            count += duplicates(events)
    assert count == 127


def test_each_ticket_ends_in_the_status_of_its_last_activity_that_has_one(
    cases: dict[str, list[Event]], found: dict[str, list[dict[str, Any]]]
) -> None:
    for case, events in cases.items():
        told = [STATUS[name] for e in events if (name := e["concept:name"]) in STATUS]
        moves = [e["status"]["after"] for e in found[case] if isinstance(e.get("status"), dict)]
        assert (moves or ["new"])[-1] == (told or ["new"])[-1]


def test_closing_again_is_no_event_and_work_after_a_close_reopens(
    cases: dict[str, list[Event]], found: dict[str, list[dict[str, Any]]]
) -> None:
    reopened = Counter[str]()
    for case, events in cases.items():
        told = [STATUS[name] for e in events if (name := e["concept:name"]) in STATUS]
        expected = sum(
            one == "closed" and other in {"open", "pending", "on_hold"}
            for one, other in itertools.pairwise(told)
        )
        from_closed = [
            e
            for e in found[case]
            if e["type"] == "TicketReopened" and e["status"]["before"] == "closed"
        ]
        assert len(from_closed) == expected
        reopened[case] += expected
    assert sum(reopened.values()) == 2


def test_events_keep_their_time_and_order(
    cases: dict[str, list[Event]], found: dict[str, list[dict[str, Any]]]
) -> None:
    for case, events in cases.items():
        times = [e["occurred_at"] for e in found[case] if e["type"] != "CommandAnswered"]
        assert times == sorted(times)
        first = datetime.fromisoformat(events[0]["time:timestamp"])
        assert datetime.fromisoformat(times[0]) == first


def test_whoever_takes_a_ticket_is_responsible_and_each_name_is_one_agent(
    cases: dict[str, list[Event]], found: dict[str, list[dict[str, Any]]]
) -> None:
    names: dict[str, str] = {}
    for case, events in cases.items():
        taken = [e["org:resource"] for e in events if "Take in" in e["concept:name"]]
        parties = [
            e["party"]["after"]["agent"] for e in found[case] if e["type"] == "TicketAssigned"
        ]
        distinct = [name for at, name in enumerate(taken) if not at or name != taken[at - 1]]
        for name, agent in zip(distinct, _distinct(parties), strict=True):
            assert names.setdefault(name, agent) == agent
    assert len(set(names.values())) == len(names)


def _distinct(values: list[str]) -> list[str]:
    return [value for at, value in enumerate(values) if not at or value != values[at - 1]]


def test_importing_the_whole_log_again_appends_nothing(desk: Desk, shared: SharedImport) -> None:
    before = size(desk)
    report = imported(desk, real_log(HELPDESK), load_mapping("helpdesk"))
    assert report.already_imported == report.rows == shared.report["rows"]
    assert size(desk) == before
