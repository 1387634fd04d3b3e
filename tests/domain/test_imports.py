"""The domain stands alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import deskledger.domain

ROOT = Path(next(iter(deskledger.domain.__path__))).resolve()
FILES = sorted(ROOT.rglob("*.py"))
ALLOWED = {*sys.stdlib_module_names, "pydantic", "pydantic_core"}
# The domain is given times, ids and randomness; it never fetches any.
FETCHING = {"time", "random", "secrets", "os", "pathlib", "socket", "subprocess", "logging"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_imports_itself_the_standard_library_and_pydantic(path: Path) -> None:
    for name in imported(path):
        top = name.partition(".")[0]
        own = name == "deskledger.domain" or name.startswith("deskledger.domain.")
        assert own or top in ALLOWED - FETCHING, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_asks_no_clock_and_draws_no_id(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for fetching in (".now(", "utcnow(", "uuid1(", "uuid4(", "today("):
        assert fetching not in text
