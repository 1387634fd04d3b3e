"""Where a desk is made aside: under a lock, and away again if it was left half-made."""

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskledger.app.desk import Desk
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable

MARK = "demo"
_INSIDE = "desk"
# Where a desk lies while its files are being created, before it has a name.
_UNNAMED = re.compile(r"\.desk\.[0-9a-f]{32}")


def is_free(directory: Path) -> bool:
    """Whether a desk may come to lie here: nothing does, or an empty directory."""
    if not directory.exists():
        return True
    return directory.is_dir() and not any(directory.iterdir())


@contextmanager
def aside(directory: Path, desk_key: bytes | None) -> Iterator[Path]:
    """Give a path beside `directory` where no desk lies yet; what comes to lie there is moved.

    So `directory` holds a whole demo or none. A kill in the middle leaves a directory beside it,
    which the next run recognises and clears. The lock goes with the process that holds it.

    Args:
        directory: where nothing lies, or an empty directory.
        desk_key: opens what was left half-made; None reads the key that was left with it.

    Raises:
        InvalidInput: something lies beside that no demo has left there.
        Unavailable: another process makes this demo or has just made it, or the disk does not
            allow it.
    """
    workshop = directory.with_name(f".{directory.name}.half-made")
    try:
        workshop.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(workshop, os.O_RDONLY)
    except OSError as error:
        raise Unavailable(f"{workshop} cannot be written: {error}.") from error
    try:
        _lock(descriptor, workshop)
        if not is_free(directory) or not _is(workshop, descriptor):
            raise Unavailable("Another process has just made this demo; run it again.")
        _clear(workshop, desk_key)
        yield workshop / _INSIDE
        _move(workshop / _INSIDE, directory)
        workshop.rmdir()
    finally:
        os.close(descriptor)


def _move(made: Path, directory: Path) -> None:
    try:
        made.rename(directory)
    except OSError as error:
        told = f"{directory} cannot be given its files: {error}."
        raise Unavailable(told, directory=str(directory)) from error


def _lock(descriptor: int, workshop: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        told = "Another process is making this demo; wait until it is done."
        raise Unavailable(told, directory=str(workshop)) from error


def _is(workshop: Path, descriptor: int) -> bool:
    """Whether the path still leads to the directory that is locked."""
    return workshop.exists() and os.path.samestat(workshop.stat(), os.fstat(descriptor))


def _clear(workshop: Path, desk_key: bytes | None) -> None:
    """Remove what a killed demo has left, and nothing else."""
    for entry in workshop.iterdir():
        if _UNNAMED.fullmatch(entry.name) or _is_demo(entry, desk_key):
            unnamed = workshop / f".{_INSIDE}.{uuid.uuid4().hex}"
            # A kill in the middle of the removal must not leave half of something named.
            entry.rename(unnamed)
            shutil.rmtree(unnamed)
        else:
            told = "This was not left by a demo; move it away."
            raise InvalidInput(told, path=str(entry))


def _is_demo(entry: Path, desk_key: bytes | None) -> bool:
    """Whether it is a desk whose own document says that a demo made it."""
    if entry.name != _INSIDE:
        return False
    with Desk.open(entry, desk_key=desk_key) as desk:
        return MARK in desk.document().extra
