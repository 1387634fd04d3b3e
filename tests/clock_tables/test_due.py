"""What is due: the order of the queue, pages of what is due, and what counts as late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.shapes import instant_text
from deskledger.projections.due import DueEntry, due_page
from deskledger.projections.queries import QueueFilter, queue_page
from deskledger.projections.store import ProjectionStore
from deskledger.projections.views.pages import view_page
from deskledger.projections.views.reader import Reader
from tests.clock_tables.told import clock
from tests.figures.told import AS_ANN, Event, Told, change, event, opened, status, tell
from tests.projections.records import NOON, later

READER = Reader(None, later(100))
EVERY = QueueFilter()
BREACHED: dict[str, Any] = {"state": "breached", "due": 20, "noticed_at": 20}
SHIPPED = {
    "format": 1,
    "all": [{"field": "next_due_at", "before": "PT4H"}],
    "sort": [["next_due_at", "asc"], ["band", "asc"]],
}


def said(at: float) -> Event:
    """Somebody says by when it is to be done."""
    due = change(None, instant_text(later(at)))
    return event("TicketDueSet", 1, due=due, promised=False, reason="told")


def ticket(*events: Event) -> list[Told]:
    return [(AS_ANN, [opened(), *events])]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectionStore]:
    """Tickets 1 to 6, each due otherwise."""
    started = clock("ClockStarted", 0, due=120)
    made = tell(
        tmp_path_factory.mktemp("due"),
        ticket(started),
        ticket(started, clock("ClockBreached", 20, **BREACHED)),
        ticket(clock("ClockStarted", 0, due=90), said(500)),
        ticket(started, said(110)),
        ticket(started, clock("ClockPaused", 5, state="paused", phase="standing", due=None)),
        ticket(started, status("TicketSolved", 50, "new", "solved")),
    )
    with made:
        yield made


def numbers(store: ProjectionStore, before: datetime | None = None) -> list[int]:
    page = due_page(store, EVERY, READER, before=before).value
    return [one.number for one in page.entries]


@pytest.fixture(scope="module")
def order(store: ProjectionStore) -> list[int]:
    """The tickets in the order in which they were told: numbers follow lanes."""
    with store.reading() as connection:
        return [
            number
            for (number,) in connection.execute("SELECT number FROM ticket ORDER BY id").fetchall()
        ]


def test_what_is_late_comes_first_then_what_is_due_whether_clocks_or_people_said_so(
    store: ProjectionStore, order: list[int]
) -> None:
    first, breached, running_late, stated, *_ = order
    assert numbers(store) == [breached, running_late, stated, first]
    assert numbers(store, before=later(100)) == [breached, running_late]
    page = due_page(store, EVERY, READER).value
    assert (page.total, page.late) == (4, 2)
    assert [one.late for one in page.entries] == [True, True, False, False]
    assert [one.metric is None for one in page.entries] == [False, False, True, False]


def test_at_the_due_time_itself_nothing_is_late(store: ProjectionStore) -> None:
    for now, late in ((later(90), 1), (later(90) + timedelta(microseconds=1), 2)):
        assert due_page(store, EVERY, Reader(None, now)).value.late == late


def test_the_default_order_of_the_queue_and_the_shipped_view_go_by_due_times(
    store: ProjectionStore, order: list[int]
) -> None:
    first, breached, running_late, stated, paused, _ = order
    expected = [breached, running_late, stated, first]
    assert [one.number for one in queue_page(store, EVERY).value.entries] == [*expected, paused]
    view = view_page(store, SHIPPED, READER).value
    assert [one.number for one in view.entries] == expected


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_put_together_are_the_whole(store: ProjectionStore, size: int) -> None:
    found: list[DueEntry] = []
    while True:
        after = found[-1] if found else None
        page = due_page(store, EVERY, READER, after=after, size=size).value
        assert page.total == 4
        if not page.entries:
            break
        found += page.entries
    assert [one.number for one in found] == numbers(store)


def test_the_view_of_analysts_says_the_same(store: ProjectionStore) -> None:
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT number, next_due_at, metric FROM due_soon ORDER BY next_due_at, number"
        ).fetchall()
    page = due_page(store, EVERY, READER).value
    assert rows == [(one.number, one.next_due_at, one.metric) for one in page.entries]
    assert all(at > NOON for _, at, _ in rows)


def test_a_ticket_is_due_no_more_once_its_clock_has_stopped(tmp_path: Path) -> None:
    met = clock("ClockFulfilled", 10, state="met", phase="stopped", stopped_at=10)
    with tell(tmp_path, ticket(clock("ClockStarted", 0), met)) as store:
        assert numbers(store) == []
