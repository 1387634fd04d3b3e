"""The command that shows what is late and what is due next."""

import json
from pathlib import Path

import pytest

from tests.cli.runs import Shell, made_desk

POLICY = {
    "format": 1,
    "policies": [
        {
            "name": "standard",
            "calendar": "always",
            "targets": [{"metric": "resolution", "within": "PT4H"}],
        }
    ],
}


@pytest.fixture(scope="module")
def promised(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk that promises four hours, with three tickets that were opened under it."""
    directory = tmp_path_factory.mktemp("due")
    shell = made_desk(directory / "desk")
    file = Path(directory, "levels.json")
    file.write_text(json.dumps(POLICY), encoding="utf-8")
    shell.ok("policy", "publish", str(file))
    for _ in range(3):
        shell.ok("ticket", "open", "--channel", "email")
    return shell


def test_what_is_due_is_told_page_by_page(promised: Shell) -> None:
    first = promised.json("sla", "due", "--limit", "2")
    assert [one["metric"] for one in first["entries"]] == ["resolution"] * 2
    assert (first["total"], first["late"], first["behind"]) == (3, 0, 0)
    second = promised.json("sla", "due", "--limit", "2", "--after", first["next"])
    assert len(second["entries"]) == 1
    assert second["next"] is None
    assert second["total"] == 3


def test_what_is_due_can_be_narrowed_by_time_and_queue(promised: Shell) -> None:
    assert promised.json("sla", "due", "--within", "PT1H")["total"] == 0
    assert promised.json("sla", "due", "--within", "P1D", "--queue", "intake")["total"] == 3
    assert promised.json("sla", "due", "--queue", "group")["total"] == 0


def test_people_read_what_is_due_in_their_language(promised: Shell) -> None:
    assert "Resolution" in promised.ok("sla", "due")
    chinese = promised.ok("sla", "due", "--language", "zh")
    assert "共 3 条，其中超时 0 条" in chinese


@pytest.mark.parametrize("wrong", [("--within", "soon"), ("--after", "here"), ("--after", "1,2")])
def test_a_time_or_place_that_is_none_is_bad_input(promised: Shell, wrong: tuple[str, str]) -> None:
    assert promised.fails(2, "sla", "due", *wrong)


def test_the_shipped_view_shows_what_is_due_within_four_hours(promised: Shell) -> None:
    assert promised.json("view", "run", "due")["total"] == 3
