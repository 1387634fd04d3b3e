"""Every scenario of the shared collection: what it expects shows, what is invalid is refused."""

import os
from pathlib import Path

import pytest

from deskledger.app.public_holidays import countries
from deskledger.domain.sla.faults import Faulty
from deskledger.domain.sla.scenario.checking import check_scenario
from deskledger.domain.sla.scenario.reading import read_scenario

SHARED = Path(__file__).parents[3] / "shared" / "sla" / "cases"
OWN = Path(__file__).parent / "scenarios"
FILES = sorted([*SHARED.glob("*.json"), *OWN.glob("*.json")])
VALID = [path for path in FILES if not path.name.startswith("invalid-")]
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
    if not SHARED.is_dir() and os.environ.get("CI") != "true":
        pytest.skip(f"{SHARED} is missing")
    assert len([path for path in FILES if path.parent == SHARED]) >= 190
