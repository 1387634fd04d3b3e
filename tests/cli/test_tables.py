"""The commands that ask the tables: queue, lists, references, sql, schema, rebuild, status."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.runs import Shell, made_desk

MARKER = "a-marker-of-a-personal-value"


def filled(shell: Shell) -> Shell:
    """The desk with five tickets, opened one after the other, the last of them urgent."""
    shell.ok("group", "form", "first-line", "--name", "en=First line", "--name", "zh=一线")
    for day, rest in enumerate(
        (
            ["--group", "first-line", "--reference", "shop/order/7"],
            ["--agent", "管理员", "--reference", "crm/case/7", "--tag", "vip"],
            ["--from", "li@example.cn", "--name", "李雷"],
            ["--status", "pending"],
            ["--priority", "urgent", "--subject", f"打印机坏了 {MARKER}"],
        ),
        start=1,
    ):
        shell.ok("ticket", "open", "--at", f"2026-03-0{day}", *rest)
    return shell


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A filled desk for tests that leave its tickets as they are."""
    return filled(made_desk(tmp_path_factory.mktemp("tables") / "desk"))


@pytest.fixture
def own(shell: Shell) -> Shell:
    """A filled desk for one test alone."""
    return filled(shell)


def order(shell: Shell) -> list[int]:
    """The numbers of the tickets as they were opened."""
    lines = shell.json("ticket", "list")["tickets"]
    return [one["number"] for one in sorted(lines, key=lambda one: one["opened_at"])]


def test_the_queue_is_in_the_desks_order(busy: Shell) -> None:
    first, second, third, pending, urgent = order(busy)
    shown = busy.json("queue")
    assert [one["number"] for one in shown["entries"]] == [urgent, first, second, third]
    assert (shown["total"], shown["next"]) == (4, None)
    everything = busy.json("queue", "--waiting")
    assert pending in [one["number"] for one in everything["entries"]]


def test_the_queue_is_shown_page_by_page(busy: Shell) -> None:
    whole = busy.json("queue")["entries"]
    found: list[dict[str, Any]] = []
    place: str | None = None
    while place is not None or not found:
        page = busy.json("queue", "--limit", "1", *(["--after", place] if place else []))
        found += page["entries"]
        place = page["next"]
    assert found == whole
    assert busy.json("queue", "--limit", str(len(whole)))["next"] is None
    assert "--after" in busy.ok("queue", "--limit", "1")
    assert "page before" in busy.fails(2, "queue", "--after", "17")


def test_the_queue_is_narrowed_to_a_party(busy: Shell) -> None:
    first, second, third, _, urgent = order(busy)
    for arguments, numbers in (
        (["--group", "first-line"], [first]),
        (["--agent", "管理员"], [second]),
        (["--queue", "intake"], [urgent, third]),
        (["--queue", "group"], [first]),
    ):
        assert [one["number"] for one in busy.json("queue", *arguments)["entries"]] == numbers


def test_a_group_or_agent_that_is_not_there_is_no_empty_list(busy: Shell) -> None:
    for command in (["queue"], ["ticket", "list"]):
        assert "group list" in busy.fails(2, *command, "--group", "frist-line")
        assert "agent list" in busy.fails(2, *command, "--agent", "nobody")


def test_the_queue_is_told_with_subjects_and_how_fresh_it_is(busy: Shell) -> None:
    result = busy.run("queue", "--language", "zh")
    assert "打印机坏了" in result.stdout
    assert "收件队列" in result.stdout
    assert "截至" in result.stderr
    progress = busy.json("queue")["progress"]
    lanes = json.loads(busy.ok("checkpoint"))["lanes"]
    assert [one["sequence"] for one in progress] == [one["sequence"] for one in lanes]


def test_tickets_are_listed_by_number_and_narrowed(busy: Shell) -> None:
    first, second, third, pending, _ = order(busy)
    for arguments, numbers in (
        (["--status", "pending"], [pending]),
        (["--group", "first-line"], [first]),
        (["--agent", "管理员"], [second]),
        (["--customer", "li@example.cn"], [third]),
        (["--tag", "vip"], [second]),
    ):
        assert [
            one["number"] for one in busy.json("ticket", "list", *arguments)["tickets"]
        ] == numbers
    page = busy.json("ticket", "list", "--limit", "2")
    rest = busy.json("ticket", "list", "--after", str(page["next"]))
    assert rest["next"] is None
    assert busy.json("ticket", "list", "--limit", "5")["next"] is None
    numbers = [one["number"] for one in page["tickets"] + rest["tickets"]]
    assert numbers == sorted(order(busy))
    assert "Next page: --after" in busy.ok("ticket", "list", "--limit", "2")


def test_customers_are_listed(busy: Shell) -> None:
    busy.ok("customer", "add", "han@example.cn", "--name", "韩梅梅", "--tier", "vip")
    busy.ok("customer", "tag", "han@example.cn", "new")
    assert "李雷" in busy.ok("customer", "list")
    for arguments in (["--tier", "vip"], ["--tag", "new"]):
        assert [one["tier"] for one in busy.json("customer", "list", *arguments)["customers"]] == [
            "vip"
        ]
    assert busy.json("customer", "list", "--limit", "1")["total"] == 2


def test_a_ticket_is_named_by_its_reference(busy: Shell) -> None:
    first, second, *_ = order(busy)
    busy.ok("ticket", "reference", str(first), "servicenow/incident/INC0000045")
    assert busy.json("ticket", "show", "INC0000045")["number"] == first
    assert busy.json("ticket", "show", "servicenow:INC0000045")["number"] == first
    assert busy.json("ticket", "show", "crm:7")["number"] == second
    busy.fails(2, "ticket", "show", "crm:INC0000045")


def test_a_reference_that_two_tickets_have_lists_both(busy: Shell) -> None:
    busy.ok("ticket", "reference", str(order(busy)[0]), "shop/order/X")
    busy.ok("ticket", "reference", str(order(busy)[1]), "crm/case/X")
    told = busy.fails(2, "ticket", "show", "X")
    assert "(shop order X)" in told
    assert "(crm case X)" in told


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


def test_tables_are_rebuilt_to_the_same(busy: Shell) -> None:
    before = busy.ok("sql", "SELECT * FROM ticket ORDER BY number", "--format", "csv")
    assert busy.json("rebuild")["records"] > 0
    assert "Rebuilt" in busy.ok("rebuild")
    assert busy.ok("sql", "SELECT * FROM ticket ORDER BY number", "--format", "csv") == before


def test_verify_names_the_first_difference_of_a_table(own: Shell) -> None:
    own.ok("queue")
    assert "The tables hold" in own.ok("verify")
    with duckdb.connect(str(own.directory / "projections.duckdb")) as connection:
        connection.execute("UPDATE ticket SET channel = 'fax' WHERE priority = 'urgent'")
        connection.execute("UPDATE ticket_personal SET subject = ?", [MARKER])
    result = own.run("verify")
    assert result.exit_code == 1
    assert "channel should be phone, is fax" in result.stdout
    assert MARKER not in result.output
    differences = json.loads(own.run("verify", "--json").stdout)["tables"]["differences"]
    # The queue is read from the tickets, so it differs with them.
    named = [one["table"] for one in differences]
    assert named == ["ticket", "ticket_personal", "queue_entry"]
    own.ok("verify", "--ledger-only")
    own.ok("rebuild")
    own.ok("verify")


def test_status_tells_lanes_tables_and_files(own: Shell) -> None:
    told = own.ok("status")
    assert "not made yet" in told
    own.ok("queue")
    own.ok("ticket", "open")
    status = own.json("status")
    assert sum(lane["behind"] for lane in status["lanes"]) == 1
    assert status["tables"]["tickets"] == {"new": 4, "pending": 1}
    assert (status["void"], status["tables"]["quarantine"]) == ({}, [])
    assert status["files"]["ledger.sqlite"] > 0
    assert "落后 1 条记录" in own.ok("status", "--language", "zh")


def test_the_tables_of_another_program_or_desk_are_left_alone(own: Shell, tmp_path: Path) -> None:
    path = own.directory / "projections.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE song (name VARCHAR)")
    assert "another program" in own.fails(4, "queue")
    assert "another program" in own.fails(4, "rebuild")
    other = Shell(tmp_path / "other")
    other.ok("init", "--zone", "UTC")
    other.ok("queue")
    path.unlink()
    (other.directory / "projections.duckdb").rename(path)
    assert "another desk" in own.fails(4, "queue")
    assert "another desk" in own.ok("status")


def test_tables_that_another_process_has_are_waited_for(
    own: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.ok("queue")
    with duckdb.connect(str(own.directory / "projections.duckdb")):
        held = own.process("queue", environment={"DESKLEDGER_WAIT_SECONDS": "0.3"})
        assert held.returncode == 3
        assert "Another process" in held.stderr
        own.process("ticket", "open")
    monkeypatch.setenv("DESKLEDGER_WAIT_SECONDS", "0.3")
    own.ok("queue")


def test_tables_that_had_read_more_than_the_ledger_holds_are_a_difference(own: Shell) -> None:
    own.ok("queue")
    lane = own.json("ticket", "open")["position"]["lane"]
    own.ok("queue")
    with closing(sqlite3.connect(own.directory / "ledger.sqlite")) as ledger, ledger:
        last = "SELECT max(id) FROM record WHERE id >> 40 = ?"
        ledger.execute(f"DELETE FROM record WHERE id = ({last})", (lane,))  # noqa: S608
        ledger.execute("DELETE FROM stream WHERE key NOT IN (SELECT stream FROM record)")
    result = own.run("verify")
    assert result.exit_code == 1
    assert f"progress [{lane}]: hash should be –" in result.stdout
    assert "deskledger rebuild" in own.fails(4, "queue")


def test_streams_that_are_set_aside_are_told(own: Shell) -> None:
    own.ok("queue")
    with duckdb.connect(str(own.directory / "projections.duckdb")) as connection:
        connection.execute(
            "INSERT INTO quarantine VALUES (0, 1, 'ticket/x', 1, 1, 1, 1, 'x'::BLOB, 'broken')"
        )
    assert "are streams: 1" in own.run("queue").stderr
    assert own.json("status")["tables"]["quarantine"] == ["ticket/x"]
