"""Explanations: the lines that tell why a clock shows what it shows, and how they are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.cli.texts import catalogue
from deskledger.app.public_holidays import countries
from deskledger.domain.sla.durations import HOUR
from deskledger.domain.sla.explanation.lines import PASSED_MAX, Explanation
from deskledger.domain.sla.instants import parse_day
from deskledger.domain.sla.scenario.explaining import explained
from deskledger.domain.sla.scenario.reading import read_scenario
from tests.sla.build import OFFICE
from tests.sla.examples import OPEN, clock, document
from tests.sla.test_cases import VALID
from tests.sla.test_check_command import run, written

KINDS = (
    "started", "judged", "revived", "recomputed", "carried", "same", "unpromised", "fulfilled",
    "stopped", "resumed", "included", "first_due", "counted", "stood", "stands", "moved",
    "breached", "offset_mark", "percent_mark",
)  # fmt: skip
CHINA = {
    "zone": "Asia/Shanghai",
    "weekly": {d: ["09:00-18:00"] for d in OFFICE["weekly"]},
    "holidays": ["2026-02-25"],
    "workdays": {"2026-02-26": ["09:00-10:00"]},
    "public_holidays": "CN",
}
RESOLUTION = {"metric": "resolution", "within": "PT200H"}


def why(whole: dict[str, Any]) -> Explanation:
    """The explanation of the clock that a scenario's only expectation looks at."""
    scenario = read_scenario(json.dumps(whole).encode(), countries())
    (one,) = [found.explanation for found in explained(scenario)]
    assert one is not None
    return one


def test_every_date_of_a_stretch_has_its_hours_and_what_decided_them() -> None:
    """Spring Festival 2026 in China: a make-up Saturday, nine days off, then special days."""
    told = why(
        document(
            {"metric": "resolution", "at": "2026-02-27T18:00:00+08:00", "used": "PT1H"},
            calendars={"cn": CHINA},
            policies=[{"name": "p", "calendar": "cn", "targets": [RESOLUTION]}],
            timeline=[OPEN | {"at": "2026-02-12T10:00:00+08:00"}],
        )
    )
    (counted,) = [line for line in told.lines if line.kind == "counted"]
    assert [(one.kind, one.dates, one.used // HOUR) for one in counted.days] == [
        ("weekly", 1, 8),
        ("weekly", 1, 9),
        ("make_up", 1, 9),
        ("public_holiday", 6, 0),
        ("weekly", 1, 9),
        ("holiday", 1, 0),
        ("workday", 1, 1),
        ("weekly", 1, 9),
    ]
    assert counted.days[2].first == parse_day("2026-02-14")


def test_only_so_many_policies_that_do_not_apply_are_named_and_all_are_counted() -> None:
    others = [
        {"name": f"p{n}", "when": {"tier": [f"t{n}"]}, "calendar": "office", "targets": []}
        for n in range(30)
    ]
    mine = {"name": "mine", "when": {"tier": ["gold"]}, "calendar": "office"}
    policies = [*others, mine | {"targets": [RESOLUTION]}]
    expect = {"metric": "resolution", "at": "2026-06-08T10:30:00+02:00", "state": "running"}
    opened = OPEN | {"tier": "gold"}
    told = why(document(expect, policies=policies, timeline=[opened]))
    assert told.match.met == {"tier": ("gold",)}
    assert (len(told.match.passed), told.match.passed_count) == (PASSED_MAX, 30)
    assert told.match.passed[0] == ("p0", "tier", ("t0",), ("gold",))


def test_every_kind_of_line_is_told_by_some_scenario_and_has_its_words() -> None:
    told = {
        line.kind
        for path in VALID
        for one in explained(read_scenario(path.read_bytes(), countries()))
        if one.explanation is not None
        for line in one.explanation.lines
    }
    assert told == set(KINDS)
    assert {f"explain.{kind}" for kind in KINDS} <= set(catalogue())


def test_the_check_of_a_scenario_explains_each_clock_once_for_each_time(tmp_path: Path) -> None:
    twice = (clock(state="running"), clock(used="PT30M"))
    absent = clock(metric="resolution", state="absent")
    file = written(tmp_path / "a.json", document(*twice, absent))
    told = json.loads(run("--json", "sla", "check", "--explain", file).stdout)["explained"]
    assert [(one["expectations"], one["explanation"] is None) for one in told] == [
        ([0, 1], False),
        ([2], True),
    ]
    shown = told[0]["explanation"]
    assert (shown["policy"], shown["rules"], shown["within"]) == ("p", "$", "PT1H")
    assert shown["shows"]["used"] == "PT30M"
    assert shown["shows"]["due"] == "2026-06-08T09:00:00Z"
    counted = [line for line in shown["lines"] if line["kind"] == "counted"]
    assert counted == [
        {
            "kind": "counted",
            "at": "2026-06-08T08:00:00Z",
            "until": "2026-06-08T08:30:00Z",
            "used": "PT30M",
            "step": None,
            "calendar": "office",
            "days": [
                {
                    "first": "2026-06-08",
                    "last": "2026-06-08",
                    "dates": 1,
                    "kind": "weekly",
                    "hours": "09:00-17:00",
                    "used": "PT30M",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            (
                "First response: running, used 30 min of 1 h, 30 min left, due Mon 2026-06-08",
                "The clock starts. ($.timeline[0])",
                "Policy p of the file's rules applies, because it is for every ticket: 1 h in",
                "Without any pause it would be due Mon 2026-06-08 11:00 (calendar office).",
                "+ 30 min",
                "= 30 min",
            ),
        ),
        (
            "zh",
            (
                "首次响应：计时中，已用 30 分，目标 1 小时，剩余 30 分",
                "开始计时。（$.timeline[0]）",
                "若无暂停，应于 2026-06-08 周一 11:00 到期（日历 office）。",
                "= 30 分",
            ),
        ),
    ],
)
def test_people_read_why_line_by_line_in_their_language(
    tmp_path: Path, language: str, parts: tuple[str, ...]
) -> None:
    file = written(tmp_path / "a.json", document(clock(state="running")))
    told = run("--language", language, "sla", "check", "--explain", file).stdout
    places = [told.find(part) for part in parts]
    assert -1 not in places, told
    assert places == sorted(places)
