"""XES logs: names, nesting, namespaces, and events that are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.history import xes
from deskledger.consumers.history.mapping_files import parse_mapping
from deskledger.consumers.history.source_file import BrokenSource
from tests.history.build import histories, imported, types

XES_MAPPING = parse_mapping(
    """
format = 1
name = "steps"
version = 1
system = "steps"
title = "A small invented XES log"

[source]
kind = "xes"
zone = "UTC"

[row]
case = "case:concept:name"
reference = "case"
occurred_at = "time:timestamp"
agent = "org:resource"

[opening]
channel = { column = "case:channel", default = "email" }
subject = { column = "case:title" }

[party]
agent = "org:resource"
reason = "taken"
only_when = { column = "concept:name", among = ["Take"] }

[contact]
column = "concept:name"
kinds = { Ask = "message", Answer = "reply", Remark = "note" }
text = "text"

[record.fields]
size = { column = "size", type = "integer" }
place = { column = "size/place" }
parts = { column = "parts", type = "list", separator = ";" }

[status]
column = ["concept:name", "lifecycle:transition"]

[status.moves]
"Open/" = { to = "same" }
"Take/" = { to = "open" }
"Ask/" = { to = "same" }
"Answer/" = { to = "pending" }
"Remark/" = { to = "same" }
"Work/start" = { to = "open" }
"Work/suspend" = { to = "on_hold" }
"Close/" = { to = "closed" }
""",
    "steps.toml",
)


def event(name: str, at: str, *attributes: str) -> str:
    return (
        f'<event>\n<string key="concept:name" value="{name}"/>\n'
        f'<date key="time:timestamp" value="{at}"/>{"".join(attributes)}</event>\n'
    )


def text(key: str, value: str, *inside: str) -> str:
    return f'<string key="{key}" value="{value}">{"".join(inside)}</string>'


def trace(case: str, *events: str, about: str = "") -> str:
    return (
        f'<trace>\n<string key="concept:name" value="{case}"/>{about}\n{"".join(events)}</trace>\n'
    )


def log(*traces: str, namespace: str = ' xmlns="http://www.xes-standard.org/"') -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<log{namespace}>\n{"".join(traces)}</log>\n'


def saved(directory: Path, content: str) -> Path:
    path = directory / "log.xes"
    path.write_text(content, encoding="utf-8")
    return path


AT = "2026-03-02T09:0{}:00+01:00"


def test_attributes_of_case_and_event_are_read_nested_ones_by_their_path(
    desk: Desk, tmp_path: Path
) -> None:
    content = log(
        trace(
            "1",
            event("Open", AT.format(0), text("size", "7", text("place", "Rome"))),
            about=text("channel", "phone") + text("title", "No paper"),
        )
    )
    assert imported(desk, saved(tmp_path, content), XES_MAPPING).used == 1
    opened = histories(desk)["1"][0]
    assert opened["fields"] == {"size": 7, "place": "Rome"}
    assert (opened["channel"], opened["occurred_at"]) == ("phone", "2026-03-02T08:00:00.000000Z")
    assert list(opened["subject"]) == ["$p"]


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.xes-standard.org/"'])
def test_a_namespace_may_be_there_or_not(desk: Desk, tmp_path: Path, namespace: str) -> None:
    content = log(trace("1", event("Open", AT.format(0))), namespace=namespace)
    assert imported(desk, saved(tmp_path, content), XES_MAPPING).used == 1


def test_a_prefixed_namespace_is_the_same_log(desk: Desk, tmp_path: Path) -> None:
    content = log(trace("1", event("Open", AT.format(0))), namespace="")
    for name in ("log", "trace", "event", "string", "date"):
        content = content.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
    content = content.replace("<x:log", '<x:log xmlns:x="http://www.xes-standard.org/"')
    assert imported(desk, saved(tmp_path, content), XES_MAPPING).used == 1


def test_globals_and_classifiers_are_no_events(desk: Desk, tmp_path: Path) -> None:
    defaults = f'<global scope="event">{text("concept:name", "none")}</global>'
    content = log(defaults, trace("1", event("Open", AT.format(0))))
    report = imported(desk, saved(tmp_path, content), XES_MAPPING)
    assert (report.rows, report.used) == (1, 1)


def test_the_name_of_a_case_may_stand_behind_its_events(desk: Desk, tmp_path: Path) -> None:
    behind = f"<trace>{event('Open', AT.format(0))}{text('concept:name', '1')}</trace>"
    assert imported(desk, saved(tmp_path, log(behind)), XES_MAPPING).used == 1


def test_an_event_of_a_case_without_a_name_is_set_aside(desk: Desk, tmp_path: Path) -> None:
    nameless = f"<trace>{event('Open', AT.format(0))}</trace>"
    report = imported(desk, saved(tmp_path, log(nameless)), XES_MAPPING)
    assert report.quarantined == {"case_missing": 1}
    assert report.examples["case_missing"][0].line == 3


def test_exact_duplicates_are_recorded_as_nothing_to_do_each_once(
    desk: Desk, tmp_path: Path
) -> None:
    take = event("Take", AT.format(1), text("org:resource", "Ann"))
    path = saved(tmp_path, log(trace("1", event("Open", AT.format(0)), take, take, take)))
    report = imported(desk, path, XES_MAPPING)
    assert (report.used, report.no_change) == (2, 2)
    assert types(histories(desk)["1"]) == [
        "TicketOpened",
        "TicketAssigned",
        "TicketActivated",
        "CommandAnswered",
        "CommandAnswered",
    ]
    assert imported(desk, path, XES_MAPPING).already_imported == 4


def test_events_at_one_time_keep_the_order_of_the_file(desk: Desk, tmp_path: Path) -> None:
    now = AT.format(0)
    content = log(trace("1", event("Open", now), event("Take", now), event("Close", now)))
    imported(desk, saved(tmp_path, content), XES_MAPPING)
    assert types(histories(desk)["1"]) == ["TicketOpened", "TicketActivated", "TicketClosed"]


def test_an_event_after_the_close_reopens_the_ticket(desk: Desk, tmp_path: Path) -> None:
    content = log(
        trace(
            "1",
            event("Open", AT.format(0)),
            event("Close", AT.format(1)),
            event("Take", AT.format(2)),
        )
    )
    imported(desk, saved(tmp_path, content), XES_MAPPING)
    assert types(histories(desk)["1"])[-1] == "TicketReopened"


def test_lifecycle_transitions_tell_statuses_apart(desk: Desk, tmp_path: Path) -> None:
    steps = [
        event("Work", AT.format(at), text("lifecycle:transition", transition))
        for at, transition in enumerate(("start", "suspend", "start"))
    ]
    imported(desk, saved(tmp_path, log(trace("1", *steps))), XES_MAPPING)
    assert types(histories(desk)["1"]) == [
        "TicketOpened",
        "TicketActivated",
        "TicketPaused",
        "TicketActivated",
    ]


def test_messages_replies_and_notes_are_recorded_with_their_words_sealed(
    desk: Desk, tmp_path: Path
) -> None:
    said = [
        event(name, AT.format(at), text("org:resource", "Ann"), text("text", "Some words"))
        for at, name in enumerate(("Ask", "Answer", "Remark"))
    ]
    assert imported(desk, saved(tmp_path, log(trace("1", *said))), XES_MAPPING).used == 3
    events = histories(desk)["1"]
    assert types(events) == [
        "TicketOpened",
        "CustomerMessageReceived",
        "ReplySent",
        "TicketPaused",
        "NoteAdded",
    ]
    assert all("$p" in each["text"] for each in events if "text" in each)


def test_a_case_that_would_fill_the_memory_is_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xes, "TRACE_BYTES_MAX", 200_000)
    many = [event("Open", AT.format(0), text("size", "7")) for _ in range(4_000)]
    with pytest.raises(BrokenSource, match="longer than 64 MiB; split the log"):
        imported(desk, saved(tmp_path, log(trace("1", *many))), XES_MAPPING)
