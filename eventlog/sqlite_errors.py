"""What SQLite's errors mean for the desk: damage, or something that may pass."""

import sqlite3
from pathlib import Path

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import LedgerDamaged, Unavailable

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
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
        "the disk is full; nothing was stored, make room and try again.",
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
    return Unavailable(f"{path}: {error}; nothing was stored.", file=str(path), reason=str(error))


def error_code(error: BaseException | None) -> int:
    """SQLite's primary code of an error, that of a mistake in our own call if it has none."""
    if isinstance(error, UnicodeDecodeError):
        # What SQLite says about a damaged schema quotes its bytes, which Python cannot read.
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
