"""A file of projections that takes another's place: made aside, complete, and only then renamed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.projections.errors import Outdated, TablesDamaged
from deskledger.projections.file import check_file, connected, overflow_of


def aside_of(path: Path) -> Path:
    """Where the successor of a file is made."""
    return path.with_name(f".{path.name}.rebuild")


def put_in_place(path: Path, desk: str, deadline_seconds: float) -> None:
    """Puts what was made aside in the place of the file, at once and for good.

    Raises:
        InUse: another process had the file until the deadline; it stays, and so does the other.
        ForeignFile: what lies there is another desk's, or no file of projections.
    """
    with held_file(path, desk, deadline_seconds):
        pass
    aside_of(path).replace(path)


@contextmanager
def held_file(path: Path, desk: str, deadline_seconds: float) -> Iterator[None]:
    """Keeps other processes out of a file that is to be replaced; nothing if there is none.

    Afterwards only the file itself is left, without a write-ahead log that would be taken for its
    successor's.

    Raises:
        InUse: another process had it until the deadline.
        ForeignFile: it is another desk's, or no file of projections.
    """
    if not path.exists():
        yield
        return
    deadline_at = time.monotonic() + deadline_seconds
    with connected(path, deadline_at, read_only=True) as found, suppress(Outdated):
        check_file(found, path, desk)
    with connected(path, deadline_at, read_only=False):
        yield
    _wal(path).unlink(missing_ok=True)


def discard_file(path: Path, desk: str, deadline_seconds: float) -> None:
    """Removes a desk's file of projections for good, a damaged one too.

    Raises:
        InUse: another process had it until the deadline.
        ForeignFile: what lies there is another desk's, or no file of projections.
        NewerVersion: a newer DuckDB wrote it.
    """
    with suppress(TablesDamaged), held_file(path, desk, deadline_seconds):
        pass
    remove_file(path)


def remove_file(path: Path) -> None:
    """Removes a file of projections that nobody uses, if there is one.

    Raises:
        InUse: a process uses it.
    """
    if path.exists():
        # What a crash has left may be no whole database; only that it is in use matters.
        with suppress(ForeignFile, NewerVersion, TablesDamaged):
            connected(path, time.monotonic(), read_only=False).close()
    path.unlink(missing_ok=True)
    _wal(path).unlink(missing_ok=True)
    overflow = overflow_of(path)
    if overflow.exists():
        for file in overflow.iterdir():
            file.unlink()
        overflow.rmdir()


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
