"""Every table is compared with what the ledger gives; the first difference is named."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.projections.digests import KEYS
from deskledger.projections.file import NAME
from deskledger.replay.tables import TablesReport, verify_tables
from tests.projections.desks import new_desk, open_store, work

TICKETS = 12


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", TICKETS) as made:
        with open_store(made) as store:
            Projector(store, made.ledger, made.vault.data_keys).catch_up()
        yield made


def verified(desk: Desk) -> TablesReport:
    aside = desk.directory / f".{NAME}.verify"
    with open_store(desk) as store:
        report = verify_tables(store, desk.ledger, desk.vault.data_keys, aside=aside)
    assert not aside.exists()
    return report


def tampered(desk: Desk, statement: str) -> None:
    with duckdb.connect(str(desk.directory / NAME)) as connection:
        connection.execute(statement)


def test_tables_that_follow_from_the_ledger_have_no_difference(desk: Desk) -> None:
    report = verified(desk)
    assert not report.differences
    assert set(report.rows) == set(KEYS)
    assert report.rows["ticket"] == TICKETS
    assert list(report.progress) == desk.ledger.progress()


def test_a_store_that_is_behind_is_compared_as_far_as_it_is(desk: Desk) -> None:
    work(desk, 3, begun=TICKETS)
    report = verified(desk)
    assert not report.differences
    assert report.rows["ticket"] == TICKETS


def test_a_changed_value_is_named_by_table_key_column_and_both_values(desk: Desk) -> None:
    tampered(
        desk, "UPDATE ticket SET agent_contacts = 7 WHERE number = (FROM ticket SELECT max(number))"
    )
    (found,) = verified(desk).differences
    assert (found.table, found.column) == ("ticket", "agent_contacts")
    assert (found.stored, found.expected) == (7, 1)


def test_a_missing_row_is_named_by_its_key(desk: Desk) -> None:
    tampered(desk, "DELETE FROM ticket_event WHERE version = 2")
    (found,) = verified(desk).differences
    assert (found.table, found.column, found.stored) == ("ticket_event", None, None)
    assert found.key[1] == 2
    assert found.expected is not None


def test_an_additional_row_is_named_by_its_key(desk: Desk) -> None:
    made_up = "SELECT 0, 1, 'new', NULL, began_at, began_at FROM status_span LIMIT 1"
    tampered(desk, f"INSERT INTO status_span_ended {made_up}")
    found = {found.table: found for found in verified(desk).differences}
    assert set(found) == {"status_span", "status_span_ended"}
    for difference in found.values():
        assert (difference.key, difference.column, difference.expected) == ((0, 1), None, None)


def test_a_difference_is_found_in_whichever_table_it_is(desk: Desk) -> None:
    changed = set()
    with duckdb.connect(str(desk.directory / NAME)) as connection:
        found = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal")
        views = {name for (name,) in found.fetchall()}
        for table in KEYS.keys() - views - {"progress"}:
            copied = connection.execute(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1")  # noqa: S608
            if copied.fetchall() == [(1,)]:
                changed.add(table)
    assert {found.table for found in verified(desk).differences} - views == changed
    assert {"ticket", "ticket_personal", "ticket_event", "agent"} <= changed
