"""`deskledger policy`: calendars and policies are published in versions, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.configuration.documents import SERVICE_POLICY
from tests.cli.runs import Shell, made_desk
from tests.sla.build import OFFICE

NAME = "service-policy/default"
CHINA = {"zone": "Asia/Shanghai", "weekly": {"mon": ["09:00-18:00"]}, "public_holidays": "CN"}
MARKS = [{"name": "third", "percent": 33.3}, {"name": "warn", "offset": "-PT15M"}]
TARGET = {"metric": "resolution", "within": "PT8H", "marks": MARKS}
POLICY = {"name": "p", "calendar": "office", "targets": [TARGET]}
WHOLE = {"calendars": {"office": OFFICE, "cn": CHINA}, "policies": [POLICY]}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return made_desk(tmp_path / "desk")


def file(shell: Shell, content: Any) -> Path:
    path = shell.directory.parent / "policy.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def held(shell: Shell) -> dict[str, Any]:
    document: dict[str, Any] = shell.json("config", "show", NAME)["document"]
    return document


def test_calendars_and_policies_are_published_with_the_dates_of_their_holidays(
    shell: Shell,
) -> None:
    assert "can be published" in shell.ok("policy", "check", file(shell, WHOLE))
    assert "version 1." in shell.ok("policy", "publish", file(shell, WHOLE), "--note", "first")
    document = held(shell)
    china = document["public_days"]["CN"]
    assert china["source"].startswith("holidays ")
    assert "2026-02-17" in china["holidays"]
    assert "2026-02-14" in china["make_up"]
    assert china["known_until"] >= "2026-12-31"
    assert document["policies"][0]["targets"][0]["marks"][0]["percent"] == "33.3"
    assert document["reach"] == "new"
    assert "nothing to do" in shell.ok("policy", "publish", file(shell, WHOLE))


def test_what_is_published_means_what_the_file_says(shell: Shell) -> None:
    shell.ok("policy", "publish", file(shell, WHOLE))
    stored = SERVICE_POLICY.checked(held(shell))
    assert SERVICE_POLICY.checked(stored.written()) == stored


def test_what_a_file_leaves_out_stays(shell: Shell) -> None:
    shell.ok("policy", "publish", file(shell, WHOLE))
    other = {**OFFICE, "zone": "Asia/Tokyo"}
    shell.ok("policy", "publish", file(shell, {"calendars": {"office": other}}), "--reach", "open")
    document = held(shell)
    assert set(document["calendars"]) == {"office"}
    assert document["policies"][0]["name"] == "p"
    assert document["public_days"] == {}
    assert document["reach"] == "open"
    shell.ok("policy", "publish", file(shell, {"policies": []}))
    assert held(shell)["policies"] == []
    assert held(shell)["calendars"]["office"]["zone"] == "Asia/Tokyo"


def test_a_dry_run_tells_what_would_change_and_publishes_nothing(shell: Shell) -> None:
    shell.ok("policy", "publish", file(shell, WHOLE))
    longer = {**POLICY, "targets": [{**TARGET, "within": "PT16H"}]}
    stated = ("policy", "publish", file(shell, {"policies": [longer]}), "--dry-run")
    assert "changed: policy · p · resolution · within: PT8H → PT16H" in shell.ok(*stated)
    assert "修改：策略 · p · resolution · within：PT8H → PT16H" in shell.ok(
        "--language", "zh", *stated
    )
    assert shell.json(*stated)["differences"] == [
        {
            "place": ["policies", "p", "targets", "resolution", "within"],
            "change": "changed",
            "before": "PT8H",
            "after": "PT16H",
        }
    ]
    assert shell.json("config", "show", NAME)["version"] == 1


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"policies": [{**POLICY, "calendar": "night"}]}, "$.policies[0].calendar"),
        ({"calendars": {"late": OFFICE}}, "$.calendars"),
        ({"calendars": {"office": {**OFFICE, "public_holidays": "XX"}}},
         "$.calendars.office.public_holidays"),
        ({"calendars": {"office": {"zone": "UTC"}}}, "$.calendars.office"),
        ({"policies": [{**POLICY, "targets": [{**TARGET, "within": "P1W"}]}]},
         "$.policies[0].targets[0].within"),
        ({}, "$"),
    ],
)  # fmt: skip
def test_every_fault_has_its_path_and_nothing_is_published(
    shell: Shell, content: dict[str, Any], path: str
) -> None:
    shell.ok("policy", "publish", file(shell, WHOLE))
    told = shell.fails(2, "policy", "publish", file(shell, content))
    assert [line.split(": ")[0] for line in told.splitlines()[:-1]] == [path]
    problems = json.loads(shell.fails(2, "--json", "policy", "check", file(shell, content)))
    assert [place for place, _ in problems["facts"]["problems"]] == [path]
    assert shell.json("config", "show", NAME)["version"] == 1


def test_a_version_that_was_published_meanwhile_is_not_replaced_unseen(shell: Shell) -> None:
    shell.ok("policy", "publish", file(shell, WHOLE))
    other = file(shell, {"policies": []})
    shell.fails(1, "policy", "publish", other, "--replaces", "0")
    assert shell.json("config", "show", NAME)["version"] == 1
    shell.ok("policy", "publish", other, "--replaces", "1")
    assert shell.json("config", "show", NAME)["version"] == 2


def test_a_document_is_also_checked_where_it_is_published_as_it_is(shell: Shell) -> None:
    shell.ok("policy", "publish", file(shell, WHOLE))
    whole = held(shell)
    whole["policies"][0]["calendar"] = "night"
    told = shell.fails(2, "config", "publish", NAME, file(shell, whole))
    assert "$.policies[0].calendar" in told
    del whole["public_days"]
    assert "public_holidays" in shell.fails(2, "config", "publish", NAME, file(shell, whole))
