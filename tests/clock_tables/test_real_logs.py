"""The clocks of both real logs beside a second computation, in SQL from statuses and a spine."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.domain.configuration.service_policy import CountryDays
from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.calendar_document import CalendarDocument
from deskledger.domain.sla.instants import micros_of
from deskledger.projections.analyst import ask
from deskledger.projections.store import ProjectionStore
from tests.history.real_logs import HELPDESK, SERVICENOW, shared_import

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "service-level-tables.md").read_text(encoding="utf-8")
POLICY = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
QUESTIONS = re.findall(r"```sql\n(.*?)```\n\n(\|.*?\|)\n(?=\n|\Z)", PAGE, re.DOTALL)
OFFICE = POLICY["calendars"]["office"]
LOGS = {"helpdesk": HELPDESK, "servicenow": SERVICENOW}
HOUR = 3_600_000_000
# Metric, working time, where it stands still, and whether a solved span counts after a reopening.
PROMISES = [
    ("resolution", 40 * HOUR, [], False),
    ("requester_wait", 32 * HOUR, ["pending"], True),
    ("agent_work", 24 * HOUR, ["pending", "on_hold"], False),
]
SANTIAGO = {
    "zone": "America/Santiago",
    "weekly": {"sat": ["22:00-24:00"], "sun": ["00:00-03:15"], "mon": ["08:15-12:00"]},
}
DAYS = {"holidays": ["2016-10-03", "2016-10-04"], "make_up": ["2016-10-08"]}
NO_DAYS: dict[str, Any] = {"holidays": [], "make_up": []}
DIFFERENT = """
SELECT count(*), count(DISTINCT ticket), count(*) FILTER (
  clock.used IS DISTINCT FROM reckoned.used
  OR epoch_us(clock.due_at) IS DISTINCT FROM reckoned.due
  OR epoch_us(clock.stopped_at) IS DISTINCT FROM reckoned.stopped
  OR (reckoned.stopped <= reckoned.due AND clock.state <> 'met')
  OR (reckoned.stopped > reckoned.due AND clock.state <> 'breached')
  OR (clock.phase = 'counting' AND clock.state NOT IN ('running', 'breached'))
)
FROM clock
FULL JOIN reckoned
  USING (ticket, metric)
"""


@pytest.fixture(scope="module", params=sorted(LOGS))
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProjectionStore]:
    mapping: str = request.param
    imported = shared_import(tmp_path_factory, LOGS[mapping], mapping, POLICY)
    path = tmp_path_factory.mktemp("promised") / "projections.duckdb"
    with (
        Desk.open(imported.directory) as desk,
        ProjectionStore.open(path, desk.ledger.desk) as made,
    ):
        Projector(made, desk.ledger, desk.vault.data_keys).catch_up()
        yield made


def memory() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": "1"})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def lay_spine(
    connection: duckdb.DuckDBPyConnection,
    document: dict[str, Any],
    from_at: datetime,
    until_at: datetime,
    public_days: dict[str, Any],
) -> None:
    """Makes the table `spine` of a calendar's working time between two instants."""
    whole = {"holidays": [], "workdays": {}, **document}
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE calendar AS SELECT $document::JSON AS document,"
        " $public_days::JSON AS public_days, $from_at::TIMESTAMPTZ AS from_at,"
        " $until_at::TIMESTAMPTZ AS until_at",
        {
            "document": json.dumps(whole),
            "public_days": json.dumps(public_days),
            "from_at": from_at,
            "until_at": until_at,
        },
    )
    connection.execute((HERE / "spine.sql").read_text(encoding="utf-8"))


@pytest.mark.parametrize("changed", [{}, SANTIAGO], ids=["Berlin", "Santiago"])
@pytest.mark.parametrize("public_days", [NO_DAYS, DAYS], ids=["plain", "public days"])
def test_the_spine_has_the_working_time_that_calendars_measure(
    changed: dict[str, Any], public_days: dict[str, Any]
) -> None:
    first, last = datetime(2015, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)
    document, connection = {**OFFICE, **changed}, memory()
    lay_spine(connection, document, first, last, public_days)
    found = connection.execute("SELECT began, ended FROM spine ORDER BY began").fetchall()
    stated = CountryDays.model_validate(
        {"source": "tests", "known_until": "2019-01-01", **public_days}
    )
    hours = CalendarDocument.model_validate(document).hours(stated.public_days("CN"))
    calendar = Calendar(hours)
    assert sum(ended - began for began, ended in found) == calendar.worked(
        micros_of(first), micros_of(last)
    )
    assert all(calendar.worked(began, ended) == ended - began for began, ended in found)


def test_used_and_due_of_every_clock_follow_from_statuses_and_a_spine(
    store: ProjectionStore,
) -> None:
    connection = memory()
    with store.reading() as tables:
        for name in ("clock", "status_span"):
            connection.register(name, tables.sql(f"FROM {name}").to_arrow_table())
        ((tickets,),) = tables.execute("SELECT count(*) FROM ticket").fetchall()
        span = tables.execute("SELECT min(opened_at), max(latest_at) FROM ticket").fetchall()
    ((first, last),) = span
    lay_spine(connection, OFFICE, _midnight(first), _midnight(last) + timedelta(days=100), NO_DAYS)
    connection.execute(
        "CREATE TABLE promise (metric VARCHAR, target BIGINT, pauses VARCHAR[], solved_counts BOOL)"
    )
    connection.executemany("INSERT INTO promise VALUES (?, ?, ?, ?)", PROMISES)
    connection.execute(
        "CREATE TABLE asked AS SELECT ticket, metric,"
        " CASE WHEN stopped_at IS NULL THEN epoch_us(measured_at) END AS measured FROM clock"
    )
    connection.execute((HERE / "reckoning.sql").read_text(encoding="utf-8"))
    assert connection.execute(DIFFERENT).fetchall() == [(3 * tickets, tickets, 0)]
    states = dict(connection.execute("SELECT state, count(*) FROM clock GROUP BY ALL").fetchall())
    assert states["met"] > tickets / 4
    assert states["breached"] > tickets / 10


@pytest.mark.parametrize("store", ["servicenow"], indirect=True)
def test_the_pages_questions_have_the_answers_that_it_tells(store: ProjectionStore) -> None:
    assert len(QUESTIONS) == 3
    for sql, table in QUESTIONS:
        with ask(store, sql, personal=False) as asked:
            rows = [row for batch in asked.rows for row in batch]
            names = [name for name, _ in asked.columns]
        assert table.splitlines()[0] == _line(names)
        assert table.splitlines()[2:] == [_line(row) for row in rows]


def _line(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
