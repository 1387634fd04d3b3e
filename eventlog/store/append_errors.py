"""What an error while records are stored means to those who asked for it."""

import sqlite3
from pathlib import Path

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.files.sqlite_errors import desk_error, error_code

_NOT_WRITTEN = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_READ)
_NOT_BEGUN = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
)


def append_error(error: BaseException, path: Path, *, committing: bool) -> DeskError:
    """What callers are told whose records were in a transaction that failed.

    Args:
        error: that ended the transaction.
        path: the ledger's file.
        committing: whether it came at the commit, so that what was written may still be found.
    """
    if isinstance(error, DeskError):
        return error
    if committing and not _is_not_stored(error):
        told = f"{path}: {error}; ask again with the same key to learn what is stored."
        return OutcomeUnknown(told, file=str(path), reason=str(error))
    if isinstance(error, sqlite3.Error):
        return desk_error(error, path)
    return Unavailable("The write was interrupted; nothing was stored.")


def _is_not_stored(error: BaseException) -> bool:
    """Whether an error at a commit says that the commit's last page was not written.

    Recovery drops a commit without its last page. After other errors, such as a failed sync, the
    commit may still be found when the file is next opened.
    """
    extended = getattr(error, "sqlite_errorcode", None)
    return extended in _NOT_WRITTEN or error_code(error) in _NOT_BEGUN
