"""The real logs beside the repository, and one import of each that all tests share."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.history.importer import Target, import_history
from deskledger.consumers.history.mapping_files import load_mapping
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.shapes import Actor
from deskledger.eventlog.writing.requests import Request

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


def shared_import(
    factory: pytest.TempPathFactory,
    log: str,
    mapping: str,
    promised: dict[str, Any] | None = None,
) -> SharedImport:
    """The desk into which the first test that asks, of all workers, imports the log.

    Args:
        factory: gives the directory that the workers share.
        log: name of the file.
        mapping: name of the mapping.
        promised: service levels that were in force before the log begins; None for none. All tests
            that state some of one mapping state the same.
    """
    source = real_log(log)
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    name = f"imported-{mapping}" + ("" if promised is None else "-promised")
    directory, report = shared / name, shared / f"{name}.json"
    with _held(shared / f"{name}.lock"):
        if not report.exists():
            found = _imported(directory, source, mapping, promised)
            report.write_text(json.dumps(found), encoding="utf-8")
    return SharedImport(directory, json.loads(report.read_text(encoding="utf-8")))


def _imported(
    directory: Path, source: Path, mapping: str, promised: dict[str, Any] | None
) -> dict[str, Any]:
    with Desk.create(directory, NewDesk(zone="UTC")) as desk:
        if promised is not None:
            publish = Publish(document=promised, occurred_at=datetime(2000, 1, 1, tzinfo=UTC))
            request = Request(Actor(kind="agent", id="ann"), "cli", "tests", configures=True)
            assert desk.writer.execute(POLICY_STREAM, publish, request).outcome == "done"
        target = Target(desk.writer, desk.ledger, desk.vault.secrets)
        return import_history(source, load_mapping(mapping), target).as_json()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
