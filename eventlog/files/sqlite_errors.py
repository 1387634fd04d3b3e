"""What SQLite's errors mean for the desk: damage, or something that may pass."""

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import LedgerDamaged, Unavailable

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FULL = "the disk is full; nothing was stored, make room and try again."
_PROTECTED = (
    "the file or its directory cannot be written, which reading needs too; nothing was stored. "
    "Give this user the right, or work on a copy that can be written."
)
# On a disk without room SQLite fails before it can say so: it cannot make the files beside its own.
_UNCLEAR = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_ROOM_BYTES = 65_536

_MEANINGS: tuple[tuple[tuple[int, ...], type[DeskError], str], ...] = (
    (DAMAGED, LedgerDamaged, "the file is damaged; restore it from a copy."),
    (
        (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR),
        LedgerDamaged,
        "the file contradicts itself; run `deskledger verify`.",
    ),
    (
        (sqlite3.SQLITE_FULL,),
        Unavailable,
        _FULL,
    ),
    (
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
        Unavailable,
        _PROTECTED,
    ),
    (
        (sqlite3.SQLITE_BUSY,),
        Unavailable,
        "another process holds the file; nothing was stored, try again.",
    ),
)


def desk_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> DeskError:
    """What an error of SQLite means for the desk: damage, or something that may pass."""
    code = error_code(error)
    for codes, meaning, advice in _MEANINGS:
        if code in codes:
            return meaning(f"{path}: {advice}", file=str(path), reason=str(error))
    if code in _UNCLEAR and _without_room(path):
        return Unavailable(f"{path}: {_FULL}", file=str(path), reason=str(error))
    if code in _UNCLEAR and _is_protected(path.parent):
        return Unavailable(f"{path}: {_PROTECTED}", file=str(path), reason=str(error))
    return Unavailable(f"{path}: {error}; nothing was stored.", file=str(path), reason=str(error))


def _without_room(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _ROOM_BYTES
    return False


def _is_protected(directory: Path) -> bool:
    return directory.is_dir() and not os.access(directory, os.W_OK)


def error_code(error: BaseException | None) -> int:
    """SQLite's primary code of an error, that of a mistake in our own call if it has none."""
    if isinstance(error, UnicodeDecodeError):
        # What SQLite says about a damaged schema quotes its bytes, which Python cannot read.
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
