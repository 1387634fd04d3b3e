"""Every scenario of the shared collection: what it expects shows, what is invalid is refused."""

import json
from pathlib import Path
from typing import get_args

import pytest

from deskledger.app.public_holidays import countries
from deskledger.domain.sla.faults import Faulty
from deskledger.domain.sla.policy import Metric, Target, When
from deskledger.domain.sla.scenario.checking import check_scenario
from deskledger.domain.sla.scenario.documents import Expectation
from deskledger.domain.sla.scenario.reading import read_scenario

SHARED = Path(__file__).parents[3] / "shared" / "sla" / "cases"
OWN = Path(__file__).parent / "scenarios"
FILES = sorted([*SHARED.glob("*.json"), *OWN.glob("*.json")])
VALID = [path for path in FILES if not path.name.startswith("invalid-")]
CHOICES = {
    "on_solve": ("keep",),
    "on_reopen": ("resume", "include", "new_instance", "never"),
    "on_change": ("carry",),
    "starts": ("with_ticket",),
    "snap": ("end_of_day",),
    "opening_counts": ("True",),
}
INVALID = [path for path in FILES if path.name.startswith("invalid-")]


def name_of(path: Path) -> str:
    return path.stem


def is_at_or_below(path: str, wanted: str) -> bool:
    return wanted in (path, "$") or path.startswith((f"{wanted}.", f"{wanted}["))


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_every_expectation_of_a_scenario_holds(path: Path) -> None:
    scenario = read_scenario(path.read_bytes(), countries())
    assert scenario.id == path.stem
    assert check_scenario(scenario) == []


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_an_invalid_scenario_is_refused_at_the_path_of_its_fault(path: Path) -> None:
    wanted = path.with_suffix(".expect.txt").read_text(encoding="utf-8").strip()
    with pytest.raises(Faulty) as refused:
        check_scenario(read_scenario(path.read_bytes(), countries()))
    paths = [fault.path for fault in refused.value.faults]
    assert any(is_at_or_below(one, wanted) for one in paths), paths
    if wanted == "$":
        assert paths == ["$"]


def test_the_shared_scenarios_are_there() -> None:
    assert len([path for path in FILES if path.parent == SHARED]) >= 190


def test_every_option_has_a_scenario_in_the_repository() -> None:
    read = [json.loads(path.read_text(encoding="utf-8")) for path in VALID if path.parent == OWN]
    published = [step for one in read for step in one["timeline"] if step["do"] == "publish"]
    policies = [
        policy for one in [*read, *published] for policy in one.get("policies", ()) if policy
    ]
    targets = [target for policy in policies for target in policy["targets"]]
    assert {target["metric"] for target in targets} == set(get_args(Metric))
    assert {key for target in targets for key in target} == set(Target.model_fields)
    assert {key for policy in policies for key in policy.get("when", ())} == set(When.model_fields)
    chosen = {(key, str(target[key])) for target in targets for key in CHOICES if key in target}
    assert chosen >= {(key, value) for key, values in CHOICES.items() for value in values}
    expected = {key for one in read for expectation in one["expect"] for key in expectation}
    assert expected == {field.alias or key for key, field in Expectation.model_fields.items()}
    done = {step["do"] for one in read for step in one["timeline"]}
    assert done == {"open", "message", "status", "assign", "set", "publish"}
