"""Laws of the import: stops, kills, chunks and repetitions leave what one run leaves."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.consumers.history.importer import ImportProgress, Target, import_history
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.writing.requests import Answer
from deskledger.eventlog.writing.stated import stated_by
from deskledger.eventlog.writing.writer import Task, Writer
from tests.history.build import (
    LATER,
    histories,
    imported,
    mapping,
    new_desk,
    plain,
    row,
    size,
    written,
)

STATES = ["New", "Active", "Waiting", "Held", "Done", "Over", "Lost"]
Rows = list[dict[str, str]]
EARLY = row("C1", "New", "08:00")
ROOT = Path(__file__).parents[2]
LAW = settings(max_examples=20, deadline=None)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A row of one of three cases, at any of a few times; some cannot be read, some are early."""
    minute = draw(st.integers(50, 65))
    return row(
        draw(st.sampled_from(["C1", "C2", "C3"])),
        draw(st.sampled_from(STATES)),
        f"{8 + minute // 60:02}:{minute % 60:02}",
        owner=draw(st.sampled_from(["?", "bob", "eve"])),
        topic=draw(st.sampled_from(["?", "printer"])),
        code=draw(st.sampled_from(["?", "Code 6"])),
        opened=draw(st.sampled_from(["2026-03-02 09:00", "2026-03-02 09:00", "soon"])),
    )


logs = st.lists(rows(), min_size=1, max_size=25)


class Stopped(Exception):
    """The import was stopped from outside."""


def stop_after(chunks: int) -> Any:
    """A progress callback that stops an import after so many chunks."""
    seen = 0

    def progress(told: ImportProgress) -> None:
        nonlocal seen
        seen += told.rows > 0
        if seen > chunks:
            raise Stopped

    return progress


def once(directory: Path, log: Rows) -> tuple[Any, dict[str, Any]]:
    """What one undisturbed import of a log leaves."""
    with new_desk(directory / "once") as desk:
        report = imported(desk, written(directory, log))
        return plain(histories(desk)), report.as_json()


@LAW
@given(log=logs, chunk_rows=st.integers(1, 6), chunks=st.integers(0, 6))
@example(log=[EARLY, EARLY, row("C1", "Active", "09:30")], chunk_rows=1, chunks=2)
def test_an_import_that_was_stopped_and_run_again_leaves_what_one_run_leaves(
    log: Rows, chunk_rows: int, chunks: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        expected, _report = once(directory, log)
        path = written(directory, log)
        with new_desk(directory / "stopped") as desk:
            try:
                imported(desk, path, chunk_rows=chunk_rows, progress=stop_after(chunks))
            except Stopped:
                imported(desk, path)
            assert plain(histories(desk)) == expected


@LAW
@given(log=logs, cut=st.integers(0, 25))
@example(log=[EARLY, row("C1", "Active", "09:30")], cut=1)
def test_a_log_imported_as_it_grew_leaves_what_the_whole_leaves(log: Rows, cut: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        expected, whole = once(directory, log)
        with new_desk(directory / "grown") as desk:
            first = imported(desk, written(directory, log[:cut]))
            second = imported(desk, written(directory, log))
            assert plain(histories(desk)) == expected
            assert first.used + second.used == whole["used"]
            assert first.events + second.events == whole["events"]


@LAW
@given(log=logs)
def test_a_second_import_of_any_log_appends_nothing(log: Rows) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        path = written(directory, log)
        with new_desk(directory / "twice") as desk:
            first = imported(desk, path)
            before = size(desk)
            second = imported(desk, path)
            assert size(desk) == before
            assert (second.used, second.no_change) == (0, 0)
            assert second.quarantined == first.quarantined


class Listening(Writer):
    """A writer that keeps what it was given."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.ledger, desk.vault, desk.clock)
        self.given: list[Task] = []

    def execute_many(self, tasks: Iterable[Task]) -> list[Answer]:
        several = list(tasks)
        self.given += several
        return super().execute_many(several)


@LAW
@given(log=logs)
def test_what_a_row_is_said_to_state_is_what_its_command_states(log: Rows) -> None:
    with tempfile.TemporaryDirectory() as name, new_desk(Path(name) / "desk") as desk:
        writer = Listening(desk)
        told = Target(writer, desk.ledger, desk.vault.secrets)
        import_history(written(Path(name), log), mapping(), told)
        rows = [task for task in writer.given if isinstance(task.command, Together)]
        assert [task.stated for task in rows] == [stated_by(task.command) for task in rows]


@pytest.mark.parametrize("lines", [1, 4, 9])
def test_an_import_that_was_killed_and_run_again_leaves_what_one_run_leaves(
    tmp_path: Path, lines: int
) -> None:
    log = [
        row(f"C{number % 40}", state, f"{9 + number // 40}:{number % 40:02}", owner="bob")
        for number, state in enumerate(STATES[:6] * 40)
    ]
    path = written(tmp_path, log)
    expected, _report = once(tmp_path, log)
    directory = tmp_path / "killed"
    with new_desk(directory):
        pass
    command = [sys.executable, "-m", "tests.history.child", str(directory), str(path), "20"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for _line in range(lines):
            assert child.stdout.readline()
        child.kill()
    with Desk.open(directory, clock=lambda: LATER) as desk:
        report = imported(desk, path)
        assert report.already_imported >= (lines - 1) * 20
        assert plain(histories(desk)) == expected
