"""The real logs beside the repository, and one import of each that all tests share."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.history.importer import Target, import_history
from deskledger.consumers.history.mapping_files import load_mapping

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SERVICENOW = "ServiceNow-Kaggle.csv.zip"
HELPDESK = "helpdesk.xes.gz"


class SharedImport(NamedTuple):
    """A desk into which a whole log was imported.

    Attributes:
        directory: the desk's; tests only read it.
        report: the import's report as JSON.
    """

    directory: Path
    report: dict[str, Any]


def real_log(name: str) -> Path:
    """The path of a real log; without it, the test is skipped, in CI it fails."""
    path = DATA / name
    if not path.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is missing")
    return path


def shared_import(factory: pytest.TempPathFactory, log: str, mapping: str) -> SharedImport:
    """The desk into which the first test that asks, of all workers, imports the log."""
    source = real_log(log)
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    directory = shared / f"imported-{mapping}"
    report = shared / f"imported-{mapping}.json"
    with _held(shared / f"imported-{mapping}.lock"):
        if not report.exists():
            found = _imported(directory, source, mapping)
            report.write_text(json.dumps(found), encoding="utf-8")
    return SharedImport(directory, json.loads(report.read_text(encoding="utf-8")))


def _imported(directory: Path, source: Path, mapping: str) -> dict[str, Any]:
    with Desk.create(directory, NewDesk(zone="UTC")) as desk:
        target = Target(desk.writer, desk.ledger, desk.vault.secrets)
        return import_history(source, load_mapping(mapping), target).as_json()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
