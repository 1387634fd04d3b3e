"""Large answers, long questions, and askers who go away."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Unavailable
from deskledger.projections.analyst import ask
from deskledger.projections.errors import QuestionStopped
from deskledger.projections.owner.client import find_owner
from deskledger.projections.owner.conversation import ANALYSTS_MAX
from deskledger.projections.owner.frames import HungUp
from deskledger.projections.question import Tables
from tests.owner.running import asked, owner_process
from tests.patience import PATIENCE_SECONDS, wait_until
from tests.projections.desks import new_desk

ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range < b.range"
ASKING = """
import sys
from pathlib import Path
from deskledger.projections.analyst import ask
from tests.owner.running import asked
with asked(Path(sys.argv[1]), sys.argv[2]) as tables:
    print("asking", flush=True)
    with ask(tables, sys.argv[3], personal=False):
        pass
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", 3) as made:
        yield made


def count(tables: Tables, sql: str) -> int:
    with ask(tables, sql, personal=False) as found:
        return sum(len(batch) for batch in found.rows)


def outcome(desk: Desk, sql: str) -> int | type[DeskError]:
    """The rows of an answer, or why there is none."""
    try:
        with asked(desk.directory, desk.ledger.desk) as tables:
            return count(tables, sql)
    except (QuestionStopped, HungUp) as error:
        return type(error)


def test_a_large_answer_comes_whole_and_others_are_answered_meanwhile(desk: Desk) -> None:
    large = "SELECT range AS number, repeat('字', 100) AS text FROM range(150000)"
    with owner_process(desk.directory), asked(desk.directory, desk.ledger.desk) as tables:
        with ask(tables, large, personal=False) as found:
            assert found.columns == (("number", "BIGINT"), ("text", "VARCHAR"))
            with asked(desk.directory, desk.ledger.desk) as other:
                assert count(other, "SELECT 1") == 1
            rows = (row for batch in found.rows for row in batch)
            assert all(row == (number, "字" * 100) for number, row in enumerate(rows))
        assert count(tables, large) == 150_000


def test_an_answer_that_is_read_in_part_is_no_hindrance(desk: Desk) -> None:
    with owner_process(desk.directory), asked(desk.directory, desk.ledger.desk) as tables:
        with ask(tables, "FROM range(20000)", personal=False) as found:
            assert len(next(found.rows)) > 0
        assert count(tables, "FROM range(20)") == 20


@pytest.mark.parametrize(
    ("limit", "sql"),
    [
        ("SECONDS", ENDLESS),
        ("ROWS", "FROM range(10)"),
        ("MEBIBYTES", "SELECT repeat('x', 1500000)"),
        ("MEBIBYTES", "SELECT list(repeat('x', 1000)) FROM range(1500)"),
    ],
)
def test_beyond_the_owners_limits_there_is_an_error_and_no_part_of_an_answer(
    desk: Desk, limit: str, sql: str
) -> None:
    few = {f"DESKLEDGER_QUESTION_{limit}": {"ROWS": "9", "SECONDS": "3"}.get(limit, "1")}
    with owner_process(desk.directory, **few):
        # On a busy machine a moment may be over before anything was asked in it.
        wait_until(lambda: outcome(desk, sql) is QuestionStopped)
        wait_until(lambda: outcome(desk, "FROM range(9)") == 9)


def test_the_questions_of_those_who_were_killed_are_stopped(desk: Desk) -> None:
    command = [sys.executable, "-c", ASKING, str(desk.directory), desk.ledger.desk, ENDLESS]
    with owner_process(desk.directory), asked(desk.directory, desk.ledger.desk):
        askers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
            for _ in range(ANALYSTS_MAX)
        ]
        for asker in askers:
            assert asker.stdout is not None
            assert asker.stdout.readline() == "asking\n"
        # Each of them takes one of the few places, and would keep it for minutes.
        waiting = waiting_for_an_answer(desk)
        for asker in askers:
            with asker:
                asker.kill()
        waiting.join(PATIENCE_SECONDS)
        assert not waiting.is_alive()


def waiting_for_an_answer(desk: Desk) -> threading.Thread:
    """Somebody whose small question has no answer for a while, because all places are taken."""
    for _ in range(PATIENCE_SECONDS):
        probe = threading.Thread(target=ask_once, args=(desk,), daemon=True)
        probe.start()
        probe.join(1)
        if probe.is_alive():
            return probe
    raise AssertionError("the places are free")


def ask_once(desk: Desk) -> None:
    with asked(desk.directory, desk.ledger.desk) as tables:
        assert count(tables, "SELECT 1") == 1


def test_an_owner_that_ends_leaves_nobody_waiting(desk: Desk) -> None:
    with owner_process(desk.directory) as process:
        failures: list[Exception] = []
        all_ask = threading.Barrier(4)

        def ask_for_ever() -> None:
            with asked(desk.directory, desk.ledger.desk) as tables:
                all_ask.wait(PATIENCE_SECONDS)
                try:
                    count(tables, ENDLESS)
                except Unavailable as error:
                    failures.append(error)

        askers = [threading.Thread(target=ask_for_ever, daemon=True) for _ in range(3)]
        for asker in askers:
            asker.start()
        all_ask.wait(PATIENCE_SECONDS)
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        for asker in askers:
            asker.join(PATIENCE_SECONDS)
        assert [str(error) for error in failures] == [
            "The owner of the tables ended the conversation; ask again."
        ] * 3


def test_an_owner_that_is_frozen_makes_nobody_wait_for_ever(desk: Desk) -> None:
    with owner_process(desk.directory) as process:
        with asked(desk.directory, desk.ledger.desk) as tables:
            assert count(tables, "SELECT 1") == 1
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(Unavailable, match="did not answer in time"):
            find_owner(desk.directory, desk.ledger.desk)
        process.send_signal(signal.SIGCONT)
        with asked(desk.directory, desk.ledger.desk) as tables:
            assert count(tables, "SELECT 1") == 1
