"""Which tickets are stuck in a step, by examples. Noon is that of Monday, 2 March 2026."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.configuration.events import Published
from deskledger.projections.analyst import ask
from tests.figures.publications import published
from tests.figures.told import ANN, AS_ANN, Told, counted, given, opened, status, tell
from tests.projections.records import NOON

HOUR = 60


def limited(limit: str | None, version: int = 2, hours: float = -48) -> Published:
    return published(version, hours, {"format": 2, "zone": "UTC", "stuck_after": limit})


def stuck(
    directory: Path, ticket: Sequence[Told], hours: float, *desk: Published
) -> tuple[int | None, list[tuple[Any, ...]]]:
    """How many are stuck so many hours after noon, and the tickets' steps."""
    with tell(directory, ticket, others={"desk": desk or [limited("PT24H")]}) as store:
        found = counted(store, known_at=NOON + timedelta(hours=hours)).get("stuck")
        sql = "SELECT step, since_at, epoch_us(stuck_at - since_at) FROM ticket_step"
        with ask(store, sql, personal=False) as asked:
            rows = [row for batch in asked.rows for row in batch]
    return (None if found is None else found.n), rows


@pytest.mark.parametrize(("hours", "expected"), [(23, 0), (24, 0), (24.1, 1), (100, 1)])
def test_a_ticket_is_stuck_once_its_step_has_lasted_longer_than_the_limit(
    tmp_path: Path, hours: float, expected: int
) -> None:
    n, steps = stuck(tmp_path, [(AS_ANN, [opened()])], hours)
    assert n == expected
    assert steps == [("new", NOON, 24 * HOUR * 60_000_000)]


def test_an_assignment_or_another_reason_to_wait_begins_no_step_and_a_status_does(
    tmp_path: Path,
) -> None:
    waiting = status("TicketPaused", HOUR, "new", "pending")
    longer = status("TicketPaused", 20 * HOUR, "pending", "pending", reason="more")
    passed = given(22 * HOUR, (None, None), ("one", ANN))
    n, steps = stuck(tmp_path, [(AS_ANN, [opened()]), (AS_ANN, [waiting, longer, passed])], 26)
    assert (n, steps[0][:2]) == (1, ("pending", NOON + timedelta(hours=1)))


def test_a_settled_ticket_is_in_no_step_and_a_reopened_one_in_a_new_one(tmp_path: Path) -> None:
    solved = [(AS_ANN, [opened()]), (AS_ANN, [status("TicketSolved", HOUR, "new", "solved")])]
    assert stuck(tmp_path, solved, 90) == (None, [])
    again = status("TicketReopened", 30 * HOUR, "solved", "new", reason="agent")
    (tmp_path / "again").mkdir()
    n, steps = stuck(tmp_path / "again", [*solved, (AS_ANN, [again])], 40)
    assert (n, steps[0][:2]) == (0, ("new", NOON + timedelta(hours=30)))


def test_the_limit_is_that_of_the_document_in_force_and_without_one_nothing_is_stuck(
    tmp_path: Path,
) -> None:
    ticket = [(AS_ANN, [opened()])]
    versions = (limited("PT24H"), limited("PT1H30M", 3, 10), limited(None, 4, 30))
    for hours, expected in ((9, 0), (11, 1), (31, None)):
        directory = tmp_path / str(hours)
        directory.mkdir()
        n, steps = stuck(directory, ticket, hours, *versions)
        assert (n, steps[0][2]) == (expected, None)
