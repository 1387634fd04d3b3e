"""Where a desk is made aside: under a lock, and away again if it was left half-made."""

import fcntl
import os
import re
import shutil
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


@contextmanager
def aside(directory: Path) -> Iterator[Path]:
    """Give a path beside `directory` where no desk lies yet; what comes to lie there is moved.

    So `directory` holds a whole demo or none. A kill in the middle leaves a directory beside it,
    which the next run recognises and clears. The lock goes with the process that holds it.

    Raises:
        InvalidInput: something lies beside that no demo has left there.
        Unavailable: another process is making a demo there, or the disk does not allow it.
    """
    workshop = directory.with_name(f".{directory.name}.half-made")
    try:
        workshop.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(workshop, os.O_RDONLY)
    except OSError as error:
        raise Unavailable(f"{workshop} cannot be written: {error}.") from error
    try:
        _lock(descriptor, workshop)
        _clear(workshop)
        yield workshop / _INSIDE
        (workshop / _INSIDE).rename(directory)
        workshop.rmdir()
    finally:
        os.close(descriptor)


def _lock(descriptor: int, workshop: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        told = "Another process is making this demo; wait until it is done."
        raise Unavailable(told, directory=str(workshop)) from error


def _clear(workshop: Path) -> None:
    """Remove what a killed demo has left, and nothing else."""
    for entry in workshop.iterdir():
        if _UNNAMED.fullmatch(entry.name) or (entry.name == _INSIDE and _is_demo(entry)):
            shutil.rmtree(entry)
        else:
            told = "This was not left by a demo; move it away."
            raise InvalidInput(told, path=str(entry))


def _is_demo(directory: Path) -> bool:
    """Whether the desk's own document says that a demo made it."""
    with Desk.open(directory) as desk:
        return MARK in desk.document()
