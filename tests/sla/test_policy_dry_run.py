"""A dry run of a publication tells what publishing and observing then really record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.desk import SYSTEM, Desk
from deskledger.app.policy_preview import open_tickets, planned_policies
from deskledger.app.service_policy import NAME, next_document
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.sla.policy_file import PolicyFile
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.eventlog.writing.requests import Request
from tests.cli.runs import Shell, made_desk

EVERY = {"calendar": "always"}
FIRST = {"metric": "first_response", "within": "PT4H"}
RESOLUTION = {"metric": "resolution", "within": "PT100H", "pauses_in": ["pending"]}
UPDATE = {"metric": "periodic_update", "within": "PT24H"}
BEFORE: list[dict[str, Any]] = [{"name": "all", **EVERY, "targets": [FIRST, RESOLUTION, UPDATE]}]
GOLD = {"name": "gold", "when": {"tier": ["gold"]}, **EVERY}
AFTER: list[dict[str, Any]] = [
    {**GOLD, "targets": [{**RESOLUTION, "within": "PT1H"}, {"metric": "time_to_own",
                                                            "within": "PT9H"}]},
    {"name": "all", **EVERY, "targets": [FIRST, {**RESOLUTION, "within": "PT200H"}]},
]  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Tickets long ago: one late, one pending, one solved; and one of now, of a gold customer."""
    shell = made_desk(tmp_path / "desk")
    shell.ok("policy", "publish", file(shell, BEFORE), "--at", "2026-02-01")
    at = "2026-03-02T10:00"
    for key in ("open", "pending", "solved"):
        said = ("--subject", key, "--channel", "email", "--key", key, "--at", at)
        number = str(shell.json("ticket", "open", *said)["number"])
        shell.ok("ticket", "take", number, "--at", "2026-03-02T10:10")
        shell.ok("ticket", "reply", number, "Hi", "--at", "2026-03-02T10:30")
        if key == "pending":
            shell.ok("ticket", "pend", number, "--reason", "parts", "--at", "2026-03-02T11:00")
        if key == "solved":
            shell.ok("ticket", "solve", number, "--resolution", "done", "--at", "2026-03-02T11:00")
    shell.ok("ticket", "open", "--subject", "g", "--channel", "email", "--tier", "gold")
    return shell


def file(shell: Shell, policies: list[dict[str, Any]]) -> Path:
    path = shell.directory.parent / "policy.json"
    path.write_text(json.dumps({"policies": policies}), encoding="utf-8")
    return path


def recorded(desk: Desk) -> dict[tuple[str, str, int], Any]:
    """The clocks of every ticket as they are recorded, but for when and what is still counting."""
    streams = [stream for _, stream in desk.ledger.streams("ticket", 0, 100)]
    return {
        (stream, *key): shown(one)
        for stream in streams
        for key, one in desk.writer.streams.load(stream).state.clocks.items()
    }


def shown(clock: Any) -> Any:
    return None if clock is None else (clock.state, clock.due, clock.target, clock.judgement.within)


def observe(desk: Desk, key: str) -> None:
    for number, stream in desk.ledger.streams("ticket", 0, 100):
        request = Request(SYSTEM, "test", "observer", key=f"{key}/{number}")
        desk.writer.execute(stream, ObserveClocks(), request)


@pytest.mark.parametrize("reach", ["open", "new"])
def test_what_is_foretold_is_what_publishing_and_observing_record(shell: Shell, reach: str) -> None:
    path = file(shell, AFTER)
    with Desk.open(shell.directory) as desk:
        observe(desk, "before")
        present = desk.writer.streams.load(POLICY_STREAM).state
        stated = PolicyFile.model_validate({"policies": AFTER})
        document = next_document(stated, present.latest.document, reach)
        planned = planned_policies(present, document, desk.clock())
        foretold = {
            (one.stream, change.metric, change.instance): shown(change.after)
            for one in open_tickets(desk, planned, desk.clock())
            for change in one.changes
        }
        before = recorded(desk)
        assert desk.writer.streams.load(NAME).state is present
    shell.ok("policy", "publish", path, "--reach", reach)
    with Desk.open(shell.directory) as desk:
        observe(desk, "after")
        after = recorded(desk)
    really = {key: one for key, one in after.items() if before.get(key) != one}
    assert foretold == really
    assert bool(really) == (reach == "open")


def test_people_see_counts_and_the_first_clocks_and_json_has_all(shell: Shell) -> None:
    path = file(shell, AFTER)
    stated = ("policy", "publish", path, "--reach", "open", "--dry-run")
    told = shell.ok(*stated)
    assert "3 tickets are open; clocks of 2 would change." in told
    assert "1 clocks would be gained" in told
    found = shell.json(*stated)["open"]
    assert (found["tickets"], found["changed"]) == (3, 2)
    effects = {(one["metric"], one["effect"]) for one in found["changes"]}
    assert ("time_to_own", "gained") in effects
    assert ("resolution", "moved") in effects
    assert sum(found["effects"].values()) == len(found["changes"])
    changed = next(one for one in found["changes"] if one["metric"] == "time_to_own")
    assert changed["before"] is None
    assert (changed["after"]["policy"], changed["after"]["target"]) == ("gold", "PT9H")
    assert shell.json("config", "show", NAME)["version"] == 1


def test_a_publication_for_new_tickets_changes_no_open_one_at_once(shell: Shell) -> None:
    stated = ("policy", "publish", file(shell, AFTER), "--dry-run")
    assert shell.json(*stated)["open"]["changed"] == 0
    assert "--reach open shows what would change at once" in shell.ok(*stated)


def test_a_ticket_whose_clock_would_never_be_due_is_told(shell: Shell) -> None:
    once = {"zone": "UTC", "workdays": {"2026-03-02": ["00:00-01:00"]}}
    path = shell.directory.parent / "policy.json"
    policy = {"name": "all", "calendar": "once", "targets": [RESOLUTION]}
    path.write_text(json.dumps({"calendars": {"once": once}, "policies": [policy]}))
    found = shell.json("policy", "publish", path, "--reach", "open", "--dry-run")["open"]
    assert len(found["due_not_found"]) == found["effects"]["due_not_found"] > 0
