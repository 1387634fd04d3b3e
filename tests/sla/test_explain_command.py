"""`deskledger sla explain`: why the clocks of a ticket show this, and what was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.cli.ledger.story import story
from deskledger.app.cli.sla.history import sourced_history
from deskledger.app.desk import Desk
from deskledger.domain.configuration.policy_history import POLICY_STREAM, policy_history
from deskledger.domain.sla.instants import micros_of
from tests.cli.runs import Shell, made_desk

WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = {"zone": "Asia/Shanghai", "weekly": WEEK, "public_holidays": "CN"}
FIRST = {"metric": "first_response", "within": "PT4H"}
RESOLUTION = {"metric": "resolution", "within": "PT16H", "pauses_in": ["pending"]}
GOLD = {"name": "gold", "when": {"tier": ["gold"]}, "calendar": "office", "targets": [RESOLUTION]}
ALL = {"name": "all", "calendar": "office", "targets": [FIRST, RESOLUTION]}


def publish(shell: Shell, at: str, policies: list[Any], *more: str) -> None:
    path = shell.directory.parent / "policy.json"
    whole = {"calendars": {"office": OFFICE}, "policies": policies}
    path.write_text(json.dumps(whole), encoding="utf-8")
    shell.ok("policy", "publish", path, "--at", at, *more)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk with a ticket of February 2026: asked, pending over Spring Festival, answered."""
    shell = made_desk(tmp_path_factory.mktemp("explain") / "desk")
    publish(shell, "2026-02-01T09:00", [GOLD, ALL])
    said = ("--subject", "Broken", "--channel", "email", "--key", "one")
    shell.ok("ticket", "open", *said, "--at", "2026-02-12T10:00")
    number = ticket(shell)
    shell.ok("ticket", "take", number, "--at", "2026-02-12T11:00")
    shell.ok("ticket", "reply", number, "Which one?", "--at", "2026-02-12T12:00")
    shell.ok("ticket", "pend", number, "--reason", "waiting", "--at", "2026-02-12T13:00")
    shell.ok("ticket", "message", number, "The red one", "--at", "2026-02-24T10:00")
    return shell


def ticket(shell: Shell) -> str:
    found = shell.json("ticket", "list")["tickets"]
    return str(found[0]["number"])


def clocks(shell: Shell, *more: str) -> dict[tuple[str, int], dict[str, Any]]:
    told = shell.json("sla", "explain", ticket(shell), *more)["clocks"]
    return {(one["metric"], one["instance"]): one for one in told}


def lines(one: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [line for line in one["lines"] if line["kind"] == kind]


def test_a_clock_is_explained_by_the_events_of_its_ticket(shell: Shell) -> None:
    first = clocks(shell)["first_response", 1]
    assert (first["shows"]["state"], first["shows"]["used"]) == ("met", "PT2H")
    assert (first["policy"], first["rules"]) == ("all", 1)
    assert first["passed"][0]["policy"] == "gold"
    assert lines(first, "started")[0]["step"]["type"] == "TicketOpened"
    assert lines(first, "fulfilled")[0]["step"]["type"] == "ReplySent"
    assert first["agrees"] is True
    assert [one["type"] for one in first["recorded"]][:1] == ["ClockStarted"]


def test_pauses_holidays_and_make_up_days_are_told_with_their_amounts(shell: Shell) -> None:
    at = "2026-03-02T09:00"
    resolution = clocks(shell, "--at", at, "--metric", "resolution")["resolution", 1]
    (stood,) = lines(resolution, "stood")
    assert stood["step"]["type"] == "TicketPaused"
    assert stood["statuses"] == ["pending"]
    # To 18:00, a Friday, a make-up Saturday, then nine days off, and an hour of the 24th.
    assert stood["working"] == "PT24H"
    days = [day for line in lines(resolution, "counted") for day in line["days"]]
    assert [(day["first"], day["kind"], day["dates"]) for day in days] == [
        ("2026-02-12", "weekly", 1),
        ("2026-02-24", "weekly", 1),
        ("2026-02-25", "weekly", 3),
        ("2026-02-28", "make_up", 1),
    ]
    assert resolution["agrees"] is None
    assert resolution["unrecorded"] is None


def test_only_the_clocks_that_are_asked_for_are_explained(shell: Shell) -> None:
    assert set(clocks(shell, "--metric", "resolution")) == {("resolution", 1)}
    assert clocks(shell, "--metric", "resolution", "--instance", "2") == {}
    nothing = ("sla", "explain", ticket(shell), "--metric", "time_to_own")
    assert "no such clock" in shell.ok(*nothing)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            (
                "First response: met, used 2 h of 4 h, 2 h left",
                "The clock starts. (event 1: Opened, 管理员)",
                "Policy all of version 1 of the service levels applies",
                "Policy gold does not apply: tier is –, not gold.",
                "= 2 h",
                "What was recorded of it:",
                "What was recorded agrees with this.",
                "Resolution:",
                "make-up working day",
            ),
        ),
        (
            "zh",
            (
                "首次响应：已达成，已用 2 小时，目标 4 小时",
                "服务级别第 1 版",
                "策略 gold 不适用：等级为 –，而非 gold。",
                "已记录的内容：",
                "已记录的内容与此一致。",
                "调休上班",
            ),
        ),
    ],
)
def test_people_read_it_line_by_line_in_their_language(
    shell: Shell, language: str, parts: tuple[str, ...]
) -> None:
    told = shell.ok("--language", language, "sla", "explain", ticket(shell))
    places = [told.find(part) for part in parts]
    assert -1 not in places, told
    assert places == sorted(places)


def test_the_steps_of_the_events_are_those_of_the_ticket(shell: Shell) -> None:
    with Desk.open(shell.directory) as desk:
        stream = desk.ledger.stream_of("ticket", int(ticket(shell)))
        assert stream is not None
        policies = policy_history(desk.writer.streams.load(POLICY_STREAM).state)
        assert policies is not None
        now = micros_of(desk.clock())
        history = sourced_history(story(desk, stream), policies, now)
        own = [
            step
            for step, one in zip(history.steps, history.sources, strict=True)
            if one.told is not None
        ]
        assert tuple(own) == desk.writer.streams.load(stream).state.clock_history.steps


def test_where_nothing_was_published_no_clock_is_sought(tmp_path: Path) -> None:
    shell = made_desk(tmp_path / "desk")
    shell.ok("ticket", "open", "--subject", "Broken", "--channel", "email")
    told = shell.fails(2, "sla", "explain", ticket(shell))
    assert "No service levels were published" in told


def test_a_publication_that_is_not_recorded_yet_is_told_as_a_difference(tmp_path: Path) -> None:
    shell = made_desk(tmp_path / "desk")
    publish(shell, "2026-02-01T09:00", [ALL])
    shell.ok("ticket", "open", "--subject", "Broken", "--channel", "email")
    shorter = {**ALL, "targets": [{**RESOLUTION, "within": "PT9H"}]}
    path = shell.directory.parent / "policy.json"
    path.write_text(json.dumps({"policies": [shorter]}), encoding="utf-8")
    shell.ok("policy", "publish", path, "--reach", "open")
    resolution = clocks(shell)["resolution", 1]
    assert resolution["agrees"] is False
    (missing,) = resolution["unrecorded"]
    assert (missing["type"], missing["reason"]) == ("ClockRescheduled", "published")
    assert missing["due"].removesuffix("Z")[:19] == resolution["shows"]["due"][:19]
    told = shell.ok("sla", "explain", ticket(shell), "--metric", "resolution")
    assert "What was recorded differs from what is computed now" in told
    assert "version 2 of the service levels applies from here on" in told


def test_a_clock_that_a_late_fact_took_away_is_told_with_that_fact(tmp_path: Path) -> None:
    shell = made_desk(tmp_path / "desk")
    urgent = {**ALL, "when": {"priority": ["urgent"]}}
    publish(shell, "2026-02-01T09:00", [urgent])
    shell.ok(
        "ticket", "open", "--subject", "Broken", "--channel", "email", "--at", "2026-02-12T10:00"
    )
    number = ticket(shell)
    raised = ("--priority", "urgent", "--at", "2026-02-12T11:00")
    shell.ok("ticket", "prioritise", number, *raised)
    assert clocks(shell)["first_response", 1]["shows"]["state"] == "breached"
    called = (
        "--direction",
        "out",
        "--started",
        "2026-02-12T10:20",
        "--ended",
        "2026-02-12T10:30",
        "--at",
        "2026-02-12T10:30",
    )
    shell.ok("ticket", "call", number, *called)
    gone = clocks(shell)["first_response", 1]
    assert gone["shows"] == {"state": "absent"}
    assert gone["taken_away_by"]["type"] == "CallLogged"
    assert (gone["recorded"][-1]["reason"], gone["agrees"]) == ("late_fact", True)
    assert clocks(shell, "--metric", "resolution", "--instance", "1").keys() == {("resolution", 1)}
    for language, part in (("en", "no such clock any more"), ("zh", "已不存在这个时限")):
        told = shell.ok("--language", language, "sla", "explain", number)
        assert ("First response: " if language == "en" else "首次响应：") in told
        assert part in told
    assert "never began (event" in shell.ok("sla", "explain", number)
