"""A policy is published only if the agents and groups at its marks are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runs import Shell, made_desk

ACTIONS = "$.policies[0].targets[0].marks[0].actions"
NOBODY = "99999999-9999-8999-8999-999999999999"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = made_desk(tmp_path / "desk")
    made.ok("group", "form", "second-line", "--name", "en=Second")
    made.ok("group", "form", "old", "--name", "en=Old")
    made.ok("group", "close", "old")
    made.ok("agent", "add", "Zhao")
    made.ok("agent", "add", "Gone")
    made.ok("agent", "leave", "Gone")
    return made


def published(shell: Shell, code: int, **actions: Any) -> str:
    """What is said of a policy with these actions at its one mark."""
    mark = {"name": "late", "offset": "PT0S", "level": 1, "actions": actions}
    target = {"metric": "resolution", "within": "PT4H", "marks": [mark]}
    policy = {"name": "p", "calendar": "always", "targets": [target]}
    path = shell.directory.parent / "policy.json"
    path.write_text(json.dumps({"policies": [policy]}), encoding="utf-8")
    if code:
        return shell.fails(code, "policy", "publish", path)
    return shell.ok("policy", "publish", path)


def ids(shell: Shell) -> dict[str, str]:
    """The ids of the desk's agents by their names, those who have left included."""
    rows = shell.json("sql", "--personal", QUERY)["rows"]
    return {row["name"]: row["id"] for row in rows}


QUERY = "SELECT agent.id, agent_personal.name FROM agent JOIN agent_personal USING (number)"


def test_who_is_there_can_be_named(shell: Shell) -> None:
    zhao = ids(shell)["Zhao"]
    notify = ["responsible", f"agent/{zhao}", "group/second-line"]
    published(shell, 0, agents=[zhao], group="second-line", notify=notify)
    assert shell.json("config", "show", "service-policy/default")["version"] == 1


def test_who_is_not_there_is_told_with_the_place_and_the_nearest(shell: Shell) -> None:
    known = ids(shell)
    mistyped = known["Zhao"][:-1] + ("1" if known["Zhao"].endswith("0") else "0")
    told = published(
        shell,
        2,
        group="secnod-line",
        agents=[mistyped, known["Gone"]],
        notify=["group/old", "group/xyz", f"agent/{NOBODY}"],
    )
    lines = told.splitlines()
    assert f'{ACTIONS}.group: There is no group "secnod-line". Did you mean second-line?' in told
    assert f"Did you mean {known['Zhao']}?" in told
    assert f"{ACTIONS}.agents[1]: The agent" in told
    assert f'{ACTIONS}.notify[0]: The group "old" is closed.' in told
    assert f'{ACTIONS}.notify[1]: There is no group "xyz"; there are old, second-line.' in told
    assert any(line.startswith(f"{ACTIONS}.notify[2]: There is no agent") for line in lines)
    assert "nothing to do" not in told
    shell.fails(2, "config", "show", "service-policy/default")
