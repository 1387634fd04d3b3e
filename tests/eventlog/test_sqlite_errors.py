"""What SQLite's errors are told as, where its own words lead nobody anywhere."""

import sqlite3
from pathlib import Path

import pytest

from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.files import sqlite_errors
from deskledger.eventlog.files.sqlite_errors import desk_error


def error(code: int) -> sqlite3.OperationalError:
    made = sqlite3.OperationalError("some words of SQLite")
    made.sqlite_errorcode = code
    return made


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_READONLY_DIRECTORY])
def test_a_directory_that_cannot_be_written_is_told_with_the_way_out(
    tmp_path: Path, code: int
) -> None:
    told = desk_error(error(code), tmp_path / "ledger.sqlite")
    assert isinstance(told, Unavailable)
    assert "copy that can be written" in str(told)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_CANTOPEN])
def test_an_error_on_a_disk_without_room_is_told_as_that(
    tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    assert "some words of SQLite" in str(desk_error(error(code), path))
    monkeypatch.setattr(sqlite_errors, "_ROOM_BYTES", 2**63)
    told = desk_error(error(code), path)
    assert isinstance(told, Unavailable)
    assert "the disk is full" in str(told)
    assert isinstance(desk_error(error(sqlite3.SQLITE_CORRUPT), path), LedgerDamaged)
    assert "the disk is full" not in str(desk_error(error(code), path / "not" / "there"))
