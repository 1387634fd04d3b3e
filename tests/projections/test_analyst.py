"""What analysts may ask: one SELECT over the documented tables, within limits."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.progress import Progress
from deskledger.projections.analyst import ask
from deskledger.projections.digests import KEYS
from deskledger.projections.errors import GrantNeeded, QuestionStopped
from deskledger.projections.question import Limits
from deskledger.projections.schema import needs_grant, tables
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.projections.records import DESK, small_book


class Answer(NamedTuple):
    columns: list[str]
    rows: list[tuple[Any, ...]]
    progress: list[Progress]


def query(
    store: ProjectionStore, sql: str, *, personal: bool = False, limits: Limits | None = None
) -> Answer:
    with ask(store, sql, personal=personal, limits=limits) as asked:
        columns = [name for name, _ in asked.columns]
        rows = [row for batch in asked.rows for row in batch]
        return Answer(columns, rows, list(asked.progress))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectionStore]:
    book = small_book()
    path = tmp_path_factory.mktemp("analyst") / "projections.duckdb"
    with ProjectionStore.open(path, DESK) as made:
        made.apply(book.records, Stager(book.keys.data_keys))
        yield made


def test_a_select_is_answered_with_the_progress_of_the_same_moment(store: ProjectionStore) -> None:
    found = query(store, "SELECT number, status, opened_at FROM ticket")
    assert found.columns == ["number", "status", "opened_at"]
    assert [row[1] for row in found.rows] == ["pending"]
    assert found.rows[0][2].utcoffset().total_seconds() == 0
    assert found.progress == store.progress()


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN SELECT * FROM ticket",
        "EXPLAIN ANALYZE SELECT * FROM ticket",
        "FROM ticket",
        "WITH one AS (SELECT 1 AS a) SELECT a FROM one, range(3)",
        "DESCRIBE ticket",
        "SHOW TABLES",
        "SELECT unnest(tags) FROM ticket",
        "SELECT * FROM ticket_event, json_each(after)",
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'ticket'",
    ],
)
def test_every_way_of_reading_the_tables_is_open(store: ProjectionStore, sql: str) -> None:
    assert query(store, sql).columns


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM ticket",
        "DELETE FROM ticket",
        "UPDATE ticket SET status = 'new'",
        "CREATE TABLE mine (a INTEGER)",
        "DROP TABLE ticket",
        "COPY ticket TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "SET threads = 1",
        "PRAGMA database_size",
        "CALL pragma_version()",
        "EXPLAIN DELETE FROM ticket",
        "EXPLAIN ANALYZE DELETE FROM ticket",
        "EXPORT DATABASE 'stolen'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('ticket')",
        "SELECT * FROM pragma_storage_info('ticket_personal')",
        "SELECT * FROM duckdb_logs()",
        "SELECT * FROM checkpoint()",
        "SELECT nextval('mine')",
        "SELECT sum('a') FROM ticket",
    ],
)
def test_everything_else_is_bad_input(store: ProjectionStore, sql: str) -> None:
    with pytest.raises(InvalidInput):
        query(store, sql)
    assert query(store, "SELECT count(*) FROM ticket").rows == [(1,)]


@pytest.mark.parametrize("table", [table.name for table in tables() if table.personal])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM {}",
        'SELECT * FROM main."{}"',
        "SELECT (SELECT count(*) FROM {})",
        "WITH hidden AS (FROM {}) SELECT * FROM hidden",
        "SELECT * FROM ticket WHERE number IN (SELECT 1 FROM {})",
        "SUMMARIZE {}",
        "EXPLAIN ANALYZE SELECT * FROM {}",
    ],
)
def test_personal_values_need_a_grant(store: ProjectionStore, table: str, sql: str) -> None:
    for name in (table, table.upper()):
        with pytest.raises(GrantNeeded):
            query(store, sql.format(name))
    assert query(store, sql.format(table), personal=True).columns


def test_with_the_grant_personal_values_are_read(store: ProjectionStore) -> None:
    found = query(store, "SELECT subject FROM ticket_personal", personal=True)
    assert found.rows == [("It is broken",)]


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_answered(
    store: ProjectionStore,
) -> None:
    endless = (
        "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range < b.range"
    )
    with pytest.raises(QuestionStopped):
        query(store, endless, limits=Limits(seconds=0.2))
    assert query(store, "SELECT 1").rows == [(1,)]


@pytest.mark.parametrize("limits", [Limits(rows=10), Limits(bytes=80)])
def test_an_answer_beyond_the_limits_is_refused_and_never_cut_short(
    store: ProjectionStore, limits: Limits
) -> None:
    assert len(query(store, "SELECT * FROM range(10)", limits=limits).rows) == 10
    with pytest.raises(QuestionStopped):
        query(store, "SELECT * FROM range(11)", limits=limits)


def test_python_values_are_no_tables(store: ProjectionStore) -> None:
    secrets = [1]
    with pytest.raises(DeskError):
        query(store, "SELECT * FROM secrets")
    assert secrets


def test_every_table_and_column_says_what_it_means() -> None:
    for table in tables():
        assert table.meaning.endswith("."), table.name
        assert table.columns
        for column in table.columns:
            assert len(column.meaning) > 5, (table.name, column.name)
            told = column.meaning
            if column.type == "TIMESTAMP WITH TIME ZONE":
                assert "UTC" in told, (table.name, column.name)
            if column.nullable:
                known = ("NULL", "else NULL", "erased")
                assert any(word in told for word in known), (table.name, column.name)


# Views that count what stands in the tables: where those are equal, so are they.
DERIVED = frozenset(
    {
        "front_tier",
        "ticket_entry",
        "due_soon",
        "handover",
        "sla_attainment",
        "figure_value",
        "step_time",
        "desk_zone",
        "desk_day",
        "agent_value",
        "agent_day",
        "step_limit",
        "ticket_step",
        "zone_stretch",
        "business_day",
        "business_span",
        "business_slot",
        "business_value",
        "business_share",
    }
)


def test_every_table_that_follows_from_the_ledger_has_a_key() -> None:
    described = {table.name: [column.name for column in table.columns] for table in tables()}
    assert set(described) == {*KEYS, *DERIVED, "file"}
    for table, key in KEYS.items():
        assert set(key) <= set(described[table])


def test_personal_tables_are_known_by_their_names() -> None:
    assert needs_grant("ticket_personal")
    assert needs_grant("quarantine")
    assert not needs_grant("ticket")
