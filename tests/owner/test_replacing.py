"""Tables that are rebuilt under their owner, and verified beside it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from deskledger.app.desk import Desk
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile, Unavailable
from deskledger.projections.digests import KEYS, digest
from deskledger.projections.errors import Astray, Outdated
from deskledger.projections.file import NAME
from deskledger.projections.owner.client import OwnedTables, find_owner
from deskledger.projections.queries import status_counts
from deskledger.projections.replacing import aside_of
from deskledger.replay.rebuild import build_aside, rebuild
from deskledger.replay.tables import TablesReport, verify_tables
from tests.owner.running import asked, owner_process, projected_desk
from tests.projections.desks import new_desk, work

TICKETS = 6


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with projected_desk(tmp_path / "desk", TICKETS) as made:
        yield made


def tampered(path: Path, statement: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)


def asking(desk: Desk) -> OwnedTables:
    return asked(desk.directory, desk.ledger.desk, desk.ledger.progress())


def verified(desk: Desk, tables: OwnedTables, tmp_path: Path) -> TablesReport:
    aside = tmp_path / "aside.duckdb"
    return verify_tables(tables, desk.ledger, desk.vault.data_keys, aside=aside)


def rebuilt(desk: Desk) -> int:
    return rebuild(
        desk.directory / NAME,
        desk.ledger,
        desk.vault.data_keys,
        find_owner=lambda: find_owner(desk.directory, desk.ledger.desk),
    )


def test_a_rebuild_is_put_under_the_owner_who_goes_on_from_there(
    desk: Desk, tmp_path: Path
) -> None:
    tampered(desk.directory / NAME, "UPDATE ticket SET status = 'new'")
    with owner_process(desk.directory) as process, asking(desk) as tables:
        assert status_counts(tables).value == {"new": TICKETS}
        assert rebuilt(desk) == sum(lane.records for lane in desk.ledger.progress())
        assert status_counts(tables).value == {"open": 3, "solved": 3}
        assert tables.owner.pid == process.pid
        work(desk, 2, begun=TICKETS)
        with asking(desk) as later:
            assert sum(status_counts(later).value.values()) == TICKETS + 2
            assert not verified(desk, later, tmp_path).differences
    assert not aside_of(desk.directory / NAME).exists()


def test_verifying_beside_the_owner_finds_what_differs_and_where(
    desk: Desk, tmp_path: Path
) -> None:
    tampered(
        desk.directory / NAME,
        "UPDATE ticket SET agent_contacts = 7 WHERE number = (FROM ticket SELECT max(number))",
    )
    with owner_process(desk.directory), asking(desk) as tables:
        (found,) = verified(desk, tables, tmp_path).differences
        assert (found.table, found.column, found.stored) == ("ticket", "agent_contacts", 7)
        assert all(digest(tables, table).value.rows >= 0 for table in KEYS)


def test_nothing_but_tables_of_this_desk_and_ledger_is_put_under_the_owner(
    desk: Desk, tmp_path: Path
) -> None:
    path = desk.directory / NAME
    aside = aside_of(path)
    with owner_process(desk.directory):
        with asking(desk) as tables, pytest.raises(InvalidInput, match="No tables were rebuilt"):
            tables.switch()
        with projected_desk(tmp_path / "other", 1) as other:
            shutil.copyfile(other.directory / NAME, aside)
        with asking(desk) as tables, pytest.raises(ForeignFile, match="another desk"):
            tables.switch()
        for statement, error in (
            ("UPDATE progress SET records = records + 1", Astray),
            ("UPDATE file SET value = 'x' WHERE name = 'fingerprint'", Outdated),
        ):
            build_aside(path, desk.ledger, desk.vault.data_keys)
            tampered(aside, statement)
            with asking(desk) as tables, pytest.raises(error):
                tables.switch()
        with asking(desk) as tables:
            assert status_counts(tables).value == {"open": 3, "solved": 3}


def test_whoever_asks_for_long_while_tables_are_replaced_is_cut_off_and_may_ask_again(
    desk: Desk,
) -> None:
    def slow() -> None:
        with asking(desk) as tables, tables.moment() as moment:
            rebuilt(desk)
            moment.answer(status_counts)

    with owner_process(desk.directory):
        with pytest.raises(Unavailable, match="ask again"):
            slow()
        with asking(desk) as tables:
            assert status_counts(tables).value == {"open": 3, "solved": 3}


def test_an_owner_of_newer_software_makes_the_tables_anew_by_itself(tmp_path: Path) -> None:
    with new_desk(tmp_path / "desk", TICKETS) as desk:
        rebuild(desk.directory / NAME, desk.ledger, desk.vault.data_keys)
        changed = "UPDATE file SET value = 'older' WHERE name = 'fingerprint'"
        tampered(desk.directory / NAME, changed)
        with owner_process(desk.directory) as process:
            process.told("projections_rebuilt")
            with asking(desk) as tables:
                assert status_counts(tables).value == {"open": 3, "solved": 3}
