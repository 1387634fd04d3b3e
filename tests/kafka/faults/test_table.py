"""The table of faults and the tests of them belong together."""

import ast
from collections import Counter
from pathlib import Path

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
