"""Tables are made anew, compared, waited for and told about."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.cli.filled import MARKER
from tests.cli.runs import Shell


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


def test_damaged_tables_are_discarded_and_made_anew(own: Shell) -> None:
    own.ok("queue")
    path = own.directory / "projections.duckdb"
    data = bytearray(path.read_bytes())
    # The first pages are headers, whose checksums are looked at whenever the file is opened.
    data[4_200:12_000] = bytes(7_800)
    path.write_bytes(data)
    assert "rebuild --discard`: nothing is in it but the ledger's" in own.fails(3, "rebuild")
    assert "rebuild --discard：其中的内容" in own.fails(3, "--language", "zh", "queue")
    assert own.json("rebuild", "--discard")["records"] > 0
    assert "The tables hold" in own.ok("verify")


def test_what_is_no_tables_of_this_desk_is_not_discarded(own: Shell) -> None:
    path = own.directory / "projections.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE song (name VARCHAR)")
    assert "another program" in own.fails(4, "rebuild", "--discard")
    assert path.exists()
