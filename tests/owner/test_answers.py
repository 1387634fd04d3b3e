"""Whatever is asked through the socket is answered as in the process that has the file open."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskledger import projections
from deskledger.app.desk import Desk
from deskledger.domain.configuration.shipped_views import SHIPPED_VIEWS
from deskledger.domain.errors import DeskError
from deskledger.projections import lists, queries
from deskledger.projections.analyst import ask
from deskledger.projections.digests import KEYS, digest
from deskledger.projections.lists import CustomerFilter, TicketFilter
from deskledger.projections.owner.client import OwnedTables
from deskledger.projections.owner.questions import QUESTIONS
from deskledger.projections.queries import QueueFilter
from deskledger.projections.question import Answered, Question, Tables
from deskledger.projections.store import ProjectionStore
from deskledger.projections.views import pages
from deskledger.projections.views.reader import Reader
from tests.owner.running import asked, copied_tables, owner_process, projected_desk

TICKETS = 30
STATUSES = ("new", "open", "pending", "solved")
QUEUES = st.sampled_from([None, "agent", "group", "intake", "nothing"])
SIZES = st.integers(1, 20)
NUMBERS = st.integers(0, 400)


class Both(NamedTuple):
    """The same tables behind their owner, and in this process."""

    owned: OwnedTables
    held: ProjectionStore
    desk: Desk


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    directory = tmp_path_factory.mktemp("answers")
    with projected_desk(directory / "desk", TICKETS) as desk:
        held = copied_tables(desk, directory / "copy.duckdb")
        with (
            held,
            owner_process(desk.directory),
            asked(desk.directory, desk.ledger.desk, desk.ledger.progress()) as owned,
        ):
            yield Both(owned, held, desk)


def same(both: Both, question: Question[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Asks both, compares value, types and progress, and gives the value."""
    ours: Answered[Any] = question(both.held, *args, **kwargs)
    theirs: Answered[Any] = question(both.owned, *args, **kwargs)
    assert theirs.value == ours.value
    assert type(theirs.value) is type(ours.value)
    assert list(theirs.progress) == list(ours.progress)
    return ours.value


law = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@law
@given(data=st.data())
def test_pages_of_the_queue_are_the_same(both: Both, data: st.DataObject) -> None:
    agents = st.sampled_from([None, both.desk.first_agent(), "somebody"])
    wanted = QueueFilter(
        queue=data.draw(QUEUES),
        agent_id=data.draw(agents),
        workable=data.draw(st.sampled_from([None, True, False])),
    )
    size = data.draw(SIZES)
    page = same(both, queries.queue_page, wanted, size=size)
    while page.entries:
        page = same(both, queries.queue_page, wanted, after=page.entries[-1], size=size)


@law
@given(
    statuses=st.none() | st.lists(st.sampled_from(STATUSES), max_size=3),
    tag=st.sampled_from([None, "vip"]),
    after=NUMBERS,
    size=SIZES,
)
def test_lists_are_the_same(
    both: Both, statuses: list[str] | None, tag: str | None, after: int, size: int
) -> None:
    tickets = TicketFilter(statuses=statuses, tag=tag)
    same(both, lists.ticket_list, tickets, after=after, size=size)
    same(both, lists.customer_list, CustomerFilter(tag=tag), after=after, size=size)


@law
@given(number=NUMBERS, personal=st.booleans(), size=SIZES, text=st.text(max_size=9))
def test_other_questions_are_the_same(
    both: Both, number: int, size: int, text: str, *, personal: bool
) -> None:
    same(both, queries.ticket_history, number, personal=personal)
    same(both, queries.oldest_open, size)
    same(both, queries.find_tickets, text)
    same(both, lists.subjects, [number, number + 1, number + 12])
    same(both, queries.status_counts)
    same(both, queries.parked)
    same(both, lists.eventful_ticket)


def test_a_tickets_history_has_its_texts_only_where_they_are_asked_for(both: Both) -> None:
    page = same(both, lists.ticket_list, TicketFilter())
    number = page.lines[0].number
    plain = same(both, queries.ticket_history, number)
    shown = same(both, queries.ticket_history, number, personal=True)
    assert not any(entry.text for entry in plain)
    assert any(entry.text for entry in shown)


@pytest.mark.parametrize("table", KEYS)
def test_tables_have_the_same_digests_and_rows(both: Both, table: str) -> None:
    assert same(both, digest, table).rows >= 0
    every = f"SELECT * FROM {table} ORDER BY ALL"  # noqa: S608 - our own names
    ours, theirs = rows(both.held, every), rows(both.owned, every)
    assert theirs == ours


def rows(tables: Tables, sql: str, *, personal: bool = True) -> tuple[Any, ...]:
    with ask(tables, sql, personal=personal) as found:
        return found.columns, [row for batch in found.rows for row in batch], found.progress


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT status, count(*) AS tickets, sum(number) FROM ticket GROUP BY ALL ORDER BY ALL",
        "SELECT number, tags, opened_at, opened_at - status_since FROM ticket ORDER BY number",
        "SELECT range, range::DECIMAL(20, 3), 'x' || range FROM range(2500)",
        "SELECT * FROM ticket WHERE false",
        "DESCRIBE ticket",
        "EXPLAIN SELECT 1",
    ],
)
def test_rows_in_sql_are_the_same(both: Both, sql: str) -> None:
    assert rows(both.owned, sql) == rows(both.held, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "DELETE FROM ticket",
        "SET threads = 4",
        "ATTACH 'other.duckdb'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM duckdb_settings()",
        "SELECT nothing FROM ticket",
        "SELECT subject FROM ticket_personal",
        "SELECT 1 / (SELECT 'a')::INTEGER",
        "SELECT error('成了')",
    ],
)
def test_errors_are_the_same(both: Both, sql: str) -> None:
    ours, theirs = (error(tables, sql) for tables in (both.held, both.owned))
    assert type(theirs) is type(ours)
    assert (str(theirs), theirs.facts) == (str(ours), ours.facts)
    assert rows(both.owned, "SELECT 1") == rows(both.held, "SELECT 1")


def test_questions_may_be_asked_within_one_another(both: Both) -> None:
    with both.owned.moment() as outer, ask(both.owned, "FROM range(5)", personal=False) as found:
        assert sum(len(batch) for batch in found.rows) == 5
        assert outer.answer(queries.status_counts) == queries.status_counts(both.held).value


def error(tables: Tables, sql: str) -> DeskError:
    with pytest.raises(DeskError) as raised:
        rows(tables, sql, personal=False)
    return raised.value


@pytest.mark.parametrize("name", sorted(SHIPPED_VIEWS))
def test_a_view_is_answered_alike_page_by_page(both: Both, name: str) -> None:
    view = SHIPPED_VIEWS[name].written()
    reader = Reader(both.desk.first_agent(), both.desk.clock(), "Asia/Shanghai", "group")
    after = None
    for _ in range(3):
        page = same(both, pages.view_page, view, reader, after=after, size=3)
        after = page.following
        if after is None:
            break
    grouped = {**view, "group_by": "channel", "columns": ["number", "subject", "tags"]}
    same(both, pages.view_page, grouped, reader)
    same(both, pages.view_counts, [view, grouped], reader)


def test_every_question_can_be_asked_by_its_name() -> None:
    modules = (
        import_module(module.name)
        for module in walk_packages(projections.__path__, f"{projections.__name__}.")
    )
    defined = {
        one.name for module in modules for one in vars(module).values() if isinstance(one, Question)
    }
    assert set(QUESTIONS) == defined
