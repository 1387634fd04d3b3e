"""Logs for process-mining tools: whole, of the standards' shapes, nobody's person, and imported."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deskledger.eventlog.files.whole_file import whole_file
from deskledger.replay.export.process_log import Case, Happened, Step, Trace
from deskledger.replay.export.xes_file import write_xes
from tests.cli.runs import Shell
from tests.projections.records import NOON

SPACE = "{http://www.xes-standard.org/}"

# What https://www.ocel-standard.org says of OCEL 2.0 in JSON.
NAMED = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def listed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    stated = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "array", "items": {**stated, "additionalProperties": False}}


VALUE = {"type": ["string", "number", "boolean"]}
KIND = {"enum": ["string", "time", "integer", "float", "boolean"]}
TYPES = listed(
    {"name": NAMED, "attributes": listed({"name": NAMED, "type": KIND}, "name", "type")},
    "name",
    "attributes",
)
RELATED = listed({"objectId": NAMED, "qualifier": NAMED}, "objectId", "qualifier")
OCEL = {
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "properties": {
        "objectTypes": TYPES,
        "eventTypes": TYPES,
        "objects": listed(
            {
                "id": NAMED,
                "type": NAMED,
                "attributes": listed(
                    {"name": NAMED, "value": VALUE, "time": TIME}, "name", "value", "time"
                ),
                "relationships": RELATED,
            },
            "id",
            "type",
        ),
        "events": listed(
            {
                "id": NAMED,
                "type": NAMED,
                "time": TIME,
                "attributes": listed({"name": NAMED, "value": VALUE}, "name", "value"),
                "relationships": RELATED,
            },
            "id",
            "type",
            "time",
        ),
    },
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("demo") / "desk")
    made.ok("demo", "--seed", "3", "--tickets", "25", "--weeks", "2")
    return made


def happened(shell: Shell) -> dict[str, list[tuple[str, str]]]:
    """By number of the ticket: type and time of what was done, in the order of time.

    What its clocks show is no activity of anybody.
    """
    asked = """
    SELECT ticket, list([type, strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%f')]
      ORDER BY occurred_at, version) AS events
    FROM ticket_event
    WHERE type NOT IN ('CommandAnswered', 'MarkReached') AND type NOT LIKE 'Clock%'
    GROUP BY ticket
    """
    rows = shell.json("sql", asked)["rows"]
    return {str(row["ticket"]): [(one, at) for one, at in row["events"]] for row in rows}


def attributes(element: ET.Element) -> dict[str, str]:
    return {
        one.attrib["key"]: one.attrib["value"]
        for one in element
        if one.tag.removeprefix(SPACE) in {"string", "date", "int", "boolean"}
    }


def persons(shell: Shell) -> list[str]:
    """Words that only persons' values hold."""
    asked = "SELECT name FROM customer_personal UNION ALL SELECT subject FROM ticket_personal"
    found = [row["name"] for row in shell.json("sql", asked, "--personal")["rows"]]
    return [name for name in found if name and len(name) > 2]


def test_xes_has_a_trace_for_each_ticket_and_an_event_for_each_event(
    demo: Shell, tmp_path: Path
) -> None:
    told = demo.json("export", "--xes", tmp_path / "log.xes")
    root = ET.parse(tmp_path / "log.xes").getroot()  # noqa: S314 - we have just written it
    found = {}
    for trace in root.iter(f"{SPACE}trace"):
        events = [attributes(one) for one in trace.iter(f"{SPACE}event")]
        assert all(one["lifecycle:transition"] == "complete" for one in events)
        assert all(one["org:resource"] for one in events)
        found[attributes(trace)["concept:name"]] = [
            (one["concept:name"], one["time:timestamp"].removesuffix("+00:00")) for one in events
        ]
    assert found == happened(demo)
    assert told["events"] == sum(map(len, found.values()))
    assert {one.attrib["prefix"] for one in root.iter(f"{SPACE}extension")} == {
        "concept",
        "lifecycle",
        "org",
        "time",
    }


def test_each_event_says_how_the_ticket_stood_after_it(demo: Shell, tmp_path: Path) -> None:
    demo.ok("export", "--xes", tmp_path / "log.xes")
    asked = "SELECT number, status, group_id, agent_id, priority, type FROM ticket"
    expected = {str(row.pop("number")): row for row in demo.json("sql", asked)["rows"]}
    root = ET.parse(tmp_path / "log.xes").getroot()  # noqa: S314 - we have just written it
    columns = ("status", "group_id", "agent_id", "priority", "type")
    names = ("status", "group", "agent", "priority", "type_code")
    stood: dict[str, dict[str, object]] = {}
    for trace in root.iter(f"{SPACE}trace"):
        *_, last = (attributes(one) for one in trace.iter(f"{SPACE}event"))
        values = (last.get(name) for name in names)
        stood[attributes(trace)["concept:name"]] = dict(zip(columns, values, strict=True))
    assert stood == expected


def test_ocel_is_of_the_standards_shape_and_refers_only_to_what_it_holds(
    demo: Shell, tmp_path: Path
) -> None:
    demo.ok("export", "--ocel", tmp_path / "log.json")
    log = json.loads((tmp_path / "log.json").read_bytes())
    Draft202012Validator.check_schema(OCEL)
    Draft202012Validator(OCEL).validate(log)
    objects = {one["id"]: one["type"] for one in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert set(objects.values()) == {one["name"] for one in log["objectTypes"]}
    assert len({one["id"] for one in log["events"]}) == len(log["events"])
    declared = {
        one["name"]: {part["name"] for part in one["attributes"]}
        for one in (*log["eventTypes"], *log["objectTypes"])
    }
    for one in (*log["events"], *log["objects"]):
        assert {part["name"] for part in one["attributes"]} <= declared[one["type"]]
        assert all(part["objectId"] in objects for part in one["relationships"])
    assert len(log["events"]) == sum(map(len, happened(demo).values()))


def test_an_object_changes_when_its_ticket_did(demo: Shell, tmp_path: Path) -> None:
    demo.ok("export", "--ocel", tmp_path / "log.json")
    log = json.loads((tmp_path / "log.json").read_bytes())
    asked = "SELECT id, status, status_since FROM ticket"
    for row in demo.json("sql", asked)["rows"]:
        (found,) = (one for one in log["objects"] if one["id"] == f"ticket/{row['id']}")
        statuses = [one for one in found["attributes"] if one["name"] == "status"]
        times = [datetime.fromisoformat(one["time"]) for one in statuses]
        assert times == sorted(times)
        assert statuses[-1]["value"] == row["status"]
        assert times[-1] <= datetime.fromisoformat(row["status_since"])


def test_nothing_in_either_is_a_persons(demo: Shell, tmp_path: Path) -> None:
    demo.ok("export", "--xes", tmp_path / "log.xes")
    demo.ok("export", "--ocel", tmp_path / "log.json")
    demo.ok("export", "--ocel", tmp_path / "log.sqlite")
    names = persons(demo)
    assert names
    for file in ("log.xes", "log.json", "log.sqlite"):
        data = (tmp_path / file).read_bytes()
        assert [name for name in names if name.encode() in data] == []


def test_a_desk_takes_in_what_another_has_exported(demo: Shell, tmp_path: Path) -> None:
    demo.ok("export", "--xes", tmp_path / "log.xes")
    other = Shell(tmp_path / "other")
    other.ok("init", "--zone", "UTC")
    told = other.json("import", tmp_path / "log.xes", "--mapping", "deskledger")
    assert (told["refused"], told["quarantined"], told["unread"]) == ({}, {}, [])
    assert spans(other) == spans(demo) != []
    again = other.json("import", tmp_path / "log.xes", "--mapping", "deskledger")
    assert again["used"] == 0


def spans(shell: Shell) -> list[tuple[str, ...]]:
    """How all tickets stood from when to when, neighbours of one status joined."""
    asked = """
    SELECT stood.status, began_at, opened_at FROM (
      SELECT status, began_at, ticket, lag(status) OVER (
        PARTITION BY ticket ORDER BY began_at, version) AS earlier
      FROM status_span WHERE began_at < ended_at OR ended_at IS NULL
    ) AS stood JOIN ticket ON number = stood.ticket
    WHERE earlier IS DISTINCT FROM stood.status ORDER BY ALL
    """
    return [tuple(row.values()) for row in shell.json("sql", asked)["rows"]]


@settings(max_examples=40)
@given(text=st.text(st.characters(codec="utf-8"), max_size=20))
def test_whatever_a_code_holds_xes_stays_xml(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    case = Case(1, "id", "request", None, text, None, "in", None, NOON)
    event = Happened(
        1, 1, 0, 1, "TicketOpened", NOON, NOON, False, "agent", text, None, text, None, None
    )
    path = tmp_path_factory.mktemp("log") / "log.xes"
    with whole_file(path) as output:
        write_xes(output, "desk", "software", [Trace(case, [Step(event, {"group": text})])])
    root = ET.parse(path).getroot()  # noqa: S314 - we have just written it
    (found,) = root.iter(f"{SPACE}event")
    told = attributes(found)["org:group"]
    assert len(told) == len(text)
    assert told == text or "\ufffd" in told
