"""The table of faults and the tests of them belong together."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.kafka.faults.results import page
from tests.kafka.faults.table import FAULTS

HERE = Path(__file__).parent
PREFIX = "test_"


def faults_with_tests() -> list[str]:
    """The faults for which a test stands in this folder, by the names of the tests."""
    paths = [path for path in HERE.glob(f"{PREFIX}*.py") if path != Path(__file__)]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    names = [each.name for tree in trees for each in tree.body if isinstance(each, ast.FunctionDef)]
    return [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]


def test_every_fault_has_a_test_and_no_test_lacks_its_fault() -> None:
    assert Counter(faults_with_tests()) == Counter(list(FAULTS))


def test_a_fault_without_a_test_would_be_found() -> None:
    assert "meteorite" not in faults_with_tests()
    assert Counter(faults_with_tests()) != Counter([*FAULTS, "meteorite"])


def line(fault: str, seed: int, **changed: object) -> dict[str, object]:
    figures = {"done": 1_000, "refused": 20, "nothing": 3, "unknown": 4, "unavailable": 5}
    seconds = {"void": {"void:conflict": 6, "void:malformed": 1}, "recovered_seconds": seed + 0.25}
    return {"fault": fault, "seed": seed, **figures, **seconds, **changed}


def test_the_page_has_a_row_for_every_fault_with_sums_and_the_times_to_recover() -> None:
    lines = [line(fault, seed) for fault in FAULTS for seed in (1, 2, 4)]
    (row,) = [row for row in page(lines).splitlines() if "two nodes hammer" in row]
    told = "two nodes hammer the same fifty tickets"
    assert row == f"| {told} | 3 | 3,069 | 12 | 15 | 21 | 2.2 | 4.2 |"


def test_a_run_in_which_a_fault_is_missing_gives_no_page() -> None:
    lines = [line(fault, seed) for fault in FAULTS for seed in range(2)]
    with pytest.raises(ValueError, match="1"):
        page(lines[:-1])
    assert page(lines).count("\n| ") == len(FAULTS) + 1
