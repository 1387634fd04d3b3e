"""docs/service-level-scenarios.md and docs/service-levels.md: what they show works and is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.public_holidays import countries
from deskledger.domain.sla.calendar_document import CalendarDocument
from deskledger.domain.sla.marks import Actions, Mark, mark_faults
from deskledger.domain.sla.policy import Policy, Target
from deskledger.domain.sla.scenario.checking import check_scenario
from deskledger.domain.sla.scenario.documents import (
    AssignStep,
    Expectation,
    MessageStep,
    OpenStep,
    PublishStep,
    SetStep,
)
from deskledger.domain.sla.scenario.reading import read_scenario

DOCS = Path(__file__).parents[2] / "docs"
LEVELS = (DOCS / "service-levels.md").read_text(encoding="utf-8")
SCENARIOS = (DOCS / "service-level-scenarios.md").read_text(encoding="utf-8")


def examples(text: str) -> list[Any]:
    blocks = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [json.loads(block) for block in blocks]


def test_the_scenario_that_is_shown_holds() -> None:
    shown = examples(SCENARIOS)[0]
    scenario = read_scenario(json.dumps(shown).encode(), countries())
    assert check_scenario(scenario) == []
    assert len(scenario.expectations) == 1


def test_the_calendar_and_the_policy_that_are_shown_are_valid() -> None:
    calendar, policy, mark = examples(LEVELS)
    assert CalendarDocument.model_validate(calendar).public_holidays == "CN"
    assert Policy.model_validate(policy).targets[0].marks[0].name == "warn"
    assert mark_faults((Mark.model_validate(mark),), "marks") == []


@pytest.mark.parametrize("option", sorted(set(Target.model_fields) - {"metric", "within"}))
def test_every_option_is_explained(option: str) -> None:
    assert re.search(rf"^\| `{option}` \|", LEVELS, re.MULTILINE)


@pytest.mark.parametrize("action", sorted(Actions.model_fields))
def test_every_action_is_explained(action: str) -> None:
    assert re.search(rf"^\| `{action}` \|", LEVELS, re.MULTILINE)


@pytest.mark.parametrize(
    "model", [OpenStep, MessageStep, AssignStep, SetStep, PublishStep, Expectation]
)
def test_every_key_of_a_scenario_is_explained(model: Any) -> None:
    for name, field in model.model_fields.items():
        assert f"`{field.alias or name}`" in SCENARIOS, name
