"""Who reacts in which lanes: the lease saves work, ids of commands keep it right."""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, Self


class Lease(Protocol):
    """The lanes in which one running process is to act."""

    def lanes(self) -> frozenset[int]:
        """The lanes held at this moment; asked again and again, it also keeps them."""

    def close(self) -> None:
        """Lets others have them."""


class FileLease:
    """All lanes of an embedded desk, or none, by the lock on a file in its directory.

    The lock ends with the process, however that ends. The file says who has it.
    """

    def __init__(self, directory: Path, name: str, lanes: Iterable[int]) -> None:
        """Takes the desk's directory, the name of the process and the lanes of the desk."""
        self._file = os.open(directory / f"{name}.lease", os.O_RDWR | os.O_CREAT, 0o600)
        self._lanes = frozenset(lanes)
        self._held = False

    def lanes(self) -> frozenset[int]:
        """All lanes if no other process has them."""
        if not self._held:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return frozenset()
            os.truncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
            self._held = True
        return self._lanes

    def close(self) -> None:
        """Lets another process have the lanes."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def lease_holder(directory: Path, name: str) -> int | None:
    """The id of the process that holds a lease, None if nobody does.

    It looks without taking the lease, so that a look never keeps a process from its work.
    """
    try:
        file = os.open(directory / f"{name}.lease", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        told = os.pread(file, 32, 0)
        return int(told) if told.strip().isdigit() else None
    else:
        return None
    finally:
        os.close(file)
