"""An application of the library on a desk: both keep working, and neither sees into the other."""

import json
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from tests.cli.runs import Shell, made_desk
from tests.eventsourcing.applications import Rooms
from tests.eventsourcing.desks import MODULE

MARKER = "a-name-that-only-the-application-knows"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = made_desk(tmp_path / "desk")
    made.ok("ticket", "open", "--subject", "Ink")
    told = {"PERSISTENCE_MODULE": MODULE, "DESKLEDGER_DESK": str(made.directory)}
    with Rooms(told) as rooms:
        room = rooms.add(MARKER)
        rooms.book(room, 9)
    made.ok("ticket", "open", "--subject", "Paper")
    return made


def test_the_desks_tables_leave_the_application_out_and_set_nothing_aside(shell: Shell) -> None:
    asked = "SELECT count(*) AS tickets FROM ticket"
    assert json.loads(shell.ok("sql", asked, "--format", "json"))["rows"] == [{"tickets": 2}]
    assert shell.json("status")["tables"]["quarantine"] == []
    assert json.loads(shell.ok("verify", "--json"))["holds"] is True


def test_whoever_follows_the_desk_sees_that_something_happened_but_no_state(shell: Shell) -> None:
    lines = shell.ok("follow", "--json", "--until-now").splitlines()
    stored = [one for one in map(json.loads, lines) if one["stream"] == "app/rooms"]
    assert [one["type"] for one in stored] == ["EventStored"] * 2
    assert [one["data"]["originator_version"] for one in stored] == [1, 2]
    assert {one["data"]["state"] for one in stored} == {None}
    assert MARKER not in "".join(lines)


def test_a_directory_without_a_desk_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="deskledger init"):
        Rooms({"PERSISTENCE_MODULE": MODULE, "DESKLEDGER_DESK": str(tmp_path)})
    with pytest.raises(InvalidInput, match="ROOMS_DESKLEDGER_DESK or DESKLEDGER_DESK"):
        Rooms({"PERSISTENCE_MODULE": MODULE})
