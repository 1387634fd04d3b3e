"""Questions in SQL, and the schema that they are asked of."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.filled import MARKER
from tests.cli.runs import Shell


def test_sql_answers_as_table_json_and_csv(busy: Shell) -> None:
    question = (
        "SELECT status, count(*) AS tickets, NULL AS nothing FROM ticket GROUP BY 1 ORDER BY 1"
    )
    assert busy.ok("sql", question).splitlines()[0].split() == ["status", "tickets", "nothing"]
    rows = list(csv.reader(io.StringIO(busy.ok("sql", question, "--format", "csv"))))
    assert rows == [["status", "tickets", "nothing"], ["new", "4", ""], ["pending", "1", ""]]
    answer = busy.json("sql", question)
    assert answer["rows"][0] == {"status": "new", "tickets": 4, "nothing": None}
    assert [one["name"] for one in answer["columns"]] == ["status", "tickets", "nothing"]
    assert json.loads(busy.ok("sql", question, "--format", "json")) == answer


def test_sql_answers_every_kind_of_value_in_json(busy: Shell) -> None:
    question = (
        "SELECT TIMESTAMPTZ '2026-01-02 03:04:05Z' AS t, DATE '2026-01-02' AS d, [1, 2] AS l,"
        " {'a': 1} AS s, 1.50 AS n, true AS b, 12345678901234567890::HUGEINT AS h, 'x'::BLOB AS x,"
        " '{\"k\": [1]}'::JSON AS j, 1 AS t, INTERVAL 1 DAY AS i"
    )
    (row,) = busy.json("sql", question)["rows"]
    assert row["t"] == "2026-01-02T03:04:05.000000Z"
    assert (row["d"], row["l"], row["s"], row["n"]) == ("2026-01-02", [1, 2], {"a": 1}, 1.5)
    assert (row["b"], row["h"], row["x"]) == (True, "12345678901234567890", "78")
    assert (row["j"], row["t_2"]) == ({"k": [1]}, 1)


def test_sql_reads_a_question_from_stdin_and_pages_nothing_away(busy: Shell) -> None:
    question = "SELECT range AS n FROM range(1001)"
    assert len(busy.ok("sql", "-", "--format", "csv", stdin=question).splitlines()) == 1002
    result = busy.run("sql", question)
    assert "1000 of 1001 rows" in result.stderr


def test_personal_tables_are_asked_only_on_request(busy: Shell) -> None:
    for question in (
        "SELECT * FROM ticket_personal",
        "WITH p AS (SELECT * FROM main.ticket_personal) SELECT * FROM p",
        "EXPLAIN ANALYZE SELECT * FROM ticket_personal",
        "SELECT * FROM quarantine",
    ):
        assert "--personal" in busy.fails(2, "sql", question)
    for question in (
        "SELECT * FROM query('SELECT * FROM ticket_personal')",
        "SELECT * FROM duckdb_table_sample('ticket_personal')",
    ):
        assert "not offered" in busy.fails(2, "sql", question)
    told = busy.ok("sql", "SELECT subject FROM ticket_personal", "--personal")
    assert MARKER in told


@pytest.mark.parametrize(
    "question",
    [
        "DELETE FROM ticket",
        "SELECT 1; SELECT 2",
        "COPY ticket TO 'ticket.csv'",
        "ATTACH 'x.db'",
        "SET threads = 1",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELEC 1",
        "SELECT nothing FROM ticket",
        "",
    ],
)
def test_a_question_that_is_none_is_bad_input(shell: Shell, question: str) -> None:
    assert "Error: " in shell.fails(2, "sql", question)


def test_the_schema_needs_no_desk(tmp_path: Path) -> None:
    nowhere = Shell(tmp_path / "nowhere")
    assert "queue_entry" in nowhere.ok("schema")
    assert "waiting_since" in nowhere.ok("schema", "queue_entry")
    (table,) = nowhere.json("schema", "ticket_personal")["tables"]
    assert table["personal"] is True
    assert all(column["meaning"] for column in table["columns"])
    assert "no table 'tickets'" in nowhere.fails(2, "schema", "tickets")
