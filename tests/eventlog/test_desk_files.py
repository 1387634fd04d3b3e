"""A file is used only if it is the desk's own; anything else is refused untouched."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import (
    ForeignFile,
    LedgerDamaged,
    NewerVersion,
    Unavailable,
    WrongDeskKey,
)
from deskledger.eventlog.files.database import desk_of
from deskledger.eventlog.files.file_making import create_file
from deskledger.eventlog.records import LEDGER
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.vault.file import VAULT
from deskledger.eventlog.vault.vault import Vault
from tests.eventlog.build import DESK, OTHER_DESK, Chain, new_ledger, ticket
from tests.eventlog.child import start
from tests.patience import PATIENCE_SECONDS

KEY = bytes(range(32))


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The directory of a desk with a ledger and a vault, both closed."""
    with new_ledger(tmp_path) as ledger:
        ledger.append([Chain(ticket(1)).next()])
    Vault.create(tmp_path, DESK, KEY)
    return tmp_path


def change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def open_both(directory: Path) -> None:
    EmbeddedLedger.open(directory).close()
    Vault.open(directory, DESK, KEY).close()


def test_the_files_of_a_desk_open(desk: Path) -> None:
    open_both(desk)
    assert (desk_of(desk / LEDGER.name, LEDGER), desk_of(desk / VAULT.name, VAULT)) == (DESK, DESK)


@pytest.mark.parametrize("name", ["ledger.sqlite", "vault.sqlite"])
@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda path: change(path, "PRAGMA application_id = 7"), ForeignFile),
        (lambda path: change(path, "PRAGMA user_version = 2"), NewerVersion),
        (lambda path: change(path, "DELETE FROM meta"), LedgerDamaged),
        (
            lambda path: path.write_bytes(b"Not SQLite, but longer than a header. " * 99),
            ForeignFile,
        ),
        (lambda path: path.unlink(), LedgerDamaged),
        (lambda path: path.write_bytes(b""), LedgerDamaged),
    ],
)
def test_a_file_that_is_not_the_desks_is_refused_by_name_and_untouched(
    desk: Path, name: str, spoil: Callable[[Path], None], expected: type[Exception]
) -> None:
    spoil(desk / name)
    before = contents(desk)
    with pytest.raises(expected, match=name):
        open_both(desk)
    assert contents(desk) == before


def test_a_foreign_database_is_not_made_a_desk(tmp_path: Path) -> None:
    change(tmp_path / "ledger.sqlite", "CREATE TABLE customer (name)")
    before = contents(tmp_path)
    with pytest.raises(ForeignFile):
        EmbeddedLedger.open(tmp_path)
    with pytest.raises(InvalidInput, match=r"ledger\.sqlite exists already"):
        EmbeddedLedger.create(tmp_path, desk=DESK)
    assert contents(tmp_path)["ledger.sqlite"][100:] == before["ledger.sqlite"][100:]


def test_a_directory_without_a_desk_says_how_to_make_one(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InvalidInput, match="deskledger init"):
            EmbeddedLedger.open(directory)
    assert list(tmp_path.iterdir()) == []


def test_a_desk_is_never_made_twice_in_a_directory(desk: Path) -> None:
    with pytest.raises(InvalidInput, match="exists already"):
        EmbeddedLedger.create(desk, desk=OTHER_DESK)
    with pytest.raises(InvalidInput, match="exists already"):
        Vault.create(desk, OTHER_DESK, KEY)
    open_both(desk)


@pytest.mark.parametrize(("desk", "lanes"), [("Not-a-UUID", 12), (DESK.upper(), 1), (DESK, 0)])
def test_a_desk_that_no_judge_would_open_is_not_made(tmp_path: Path, desk: str, lanes: int) -> None:
    with pytest.raises(InvalidInput, match="UUID"):
        EmbeddedLedger.create(tmp_path, desk=desk, lanes=lanes)
    new_ledger(tmp_path).close()


def test_a_creation_that_fails_half_way_can_be_repeated(tmp_path: Path) -> None:
    def fail(_connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with pytest.raises(Unavailable):
        create_file(tmp_path, LEDGER, DESK, fail)
    with pytest.raises(InvalidInput, match="no desk"):
        EmbeddedLedger.open(tmp_path)
    new_ledger(tmp_path).close()


def test_a_desk_whose_maker_was_killed_before_closing_it_is_whole(tmp_path: Path) -> None:
    start("create_and_die", tmp_path).communicate(timeout=PATIENCE_SECONDS)
    assert (tmp_path / "ledger.sqlite-wal").exists()
    EmbeddedLedger.open(tmp_path).close()
    Vault.open(tmp_path, DESK, bytes(32)).close()


def test_the_vault_of_another_desk_is_refused(desk: Path) -> None:
    with pytest.raises(ForeignFile, match="another desk"):
        Vault.open(desk, OTHER_DESK, KEY)


def test_a_wrong_desk_key_is_recognised(desk: Path) -> None:
    with pytest.raises(WrongDeskKey, match=r"vault\.sqlite"):
        Vault.open(desk, DESK, bytes(32))


def test_a_missing_directory_is_unavailable_for_creation(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="absent"):
        EmbeddedLedger.create(tmp_path / "absent", desk=DESK)


def test_all_that_make_a_file_at_the_same_moment_have_it(tmp_path: Path) -> None:
    begin_at = time.time() + 1
    makers = [start("make_files", tmp_path, 100, begin_at) for _ in range(4)]
    assert [maker.communicate(timeout=PATIENCE_SECONDS)[0] for maker in makers] == ["100\n"] * 4
