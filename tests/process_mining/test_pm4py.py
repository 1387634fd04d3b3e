"""What pm4py, a tool of others, finds in logs that a desk exports: all of it, as it happened."""

import json
import os
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runs import Shell
from tests.process_mining.environment import ASKING, environment, fetched

OPENING = Path(__file__).with_name("open_logs.py")

Found = dict[str, Any]


@pytest.fixture(scope="module")
def found(demo: Shell, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What pm4py says of the three forms; without pm4py, tests are skipped, in CI never."""
    if os.environ.get("CI") != "true" and not environment().is_dir():
        pytest.skip(f"pm4py is not there; fetch it with: {ASKING}")
    place = tmp_path_factory.mktemp("logs")
    demo.ok("export", "--xes", place / "log.xes")
    demo.ok("export", "--ocel", place / "log.json")
    demo.ok("export", "--ocel", place / "log.sqlite")
    files = [str(place / name) for name in ("log.xes", "log.json", "log.sqlite", "found.json")]
    command = [str(fetched()), str(OPENING), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    told: Found = json.loads((place / "found.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def happened(demo: Shell) -> list[dict[str, Any]]:
    """Every event that logs tell of, in the order in which it happened.

    Answers, and what clocks show, are no activities.
    """
    asked = """
    SELECT ticket_event.*, ticket.id,
      coalesce(on_behalf_of_id, actor_id) AS acted,
      strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%f+00:00') AS happened_at
    FROM ticket_event JOIN ticket ON number = ticket
    WHERE ticket_event.type NOT IN ('CommandAnswered', 'MarkReached')
      AND NOT starts_with(ticket_event.type, 'Clock')
    ORDER BY ticket, occurred_at, version
    """
    rows: list[dict[str, Any]] = demo.json("sql", asked)["rows"]
    assert len(rows) > 100
    return rows


def at(told: str) -> str:
    """A time as pm4py tells it, with all its digits."""
    return told.replace("+00:00", ".000000+00:00") if "." not in told else told


def test_pm4py_finds_each_ticket_of_the_xes_log_with_its_events(
    found: Found, happened: list[dict[str, Any]]
) -> None:
    told = [
        (case, activity, at(time), who) for case, activity, time, who, _ in found["xes"]["events"]
    ]
    expected = [
        (str(one["ticket"]), one["type"], one["happened_at"], one["acted"]) for one in happened
    ]
    assert sorted(told) == sorted(expected)


def test_pm4py_mines_which_event_follows_which(
    found: Found, happened: list[dict[str, Any]]
) -> None:
    pairs = Counter(
        (one["type"], other["type"])
        for one, other in pairwise(happened)
        if one["ticket"] == other["ticket"]
    )
    assert {(one, other): count for one, other, count in found["xes"]["follows"]} == pairs
    assert found["xes"]["starts"] == {"TicketOpened": len({one["ticket"] for one in happened})}
    assert set(found["xes"]["transitions"]) == {one["type"] for one in happened}


@pytest.mark.parametrize("form", ["json", "sqlite"])
def test_pm4py_finds_the_same_events_of_each_ticket_in_both_forms_of_ocel(
    found: Found, happened: list[dict[str, Any]], form: str
) -> None:
    events = {(name, activity, at(time)) for name, activity, time in found[form]["events"]}
    named = {
        (f"{one['ticket']}/{one['version']}", one["type"], one["happened_at"]) for one in happened
    }
    assert events == named
    cases = {(case, activity, at(time)) for case, activity, time in found[form]["cases"]}
    assert cases == {(f"ticket/{one['id']}", one["type"], one["happened_at"]) for one in happened}


def test_pm4py_finds_the_same_objects_and_relations_in_both_forms_of_ocel(found: Found) -> None:
    for name in ("objects", "relations", "owners"):
        one, other = ({tuple(row) for row in found[form][name]} for form in ("json", "sqlite"))
        assert one == other, name
        assert one, name
    kinds = {kind for _, kind in found["json"]["objects"]}
    assert kinds == {"ticket", "customer", "agent", "group"}


@pytest.mark.parametrize("form", ["json", "sqlite"])
def test_pm4py_finds_how_the_status_of_each_ticket_changed(
    found: Found, demo: Shell, form: str
) -> None:
    asked = "SELECT id, status FROM ticket ORDER BY number"
    expected = {f"ticket/{row['id']}": row["status"] for row in demo.json("sql", asked)["rows"]}
    latest = {one: status for one, status, _ in found[form]["statuses"]}
    # In JSON, pm4py takes the first value of each attribute for one that never changed.
    assert latest.items() <= expected.items()
    assert form == "json" or latest.keys() == expected.keys()


def test_the_database_keeps_every_rule_of_the_relational_form(found: Found) -> None:
    assert found["unsatisfied"] == []
