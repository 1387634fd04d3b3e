"""Files that are whole or not there, and what is to be said of each in a manifest."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

BUFFER_BYTES = 1 << 20


class Written(NamedTuple):
    """How many bytes a file has, and their SHA-256 in hex."""

    bytes: int
    sha256: str


class HashedFile:
    """A file that is being written from its begin to its end; for Arrow, too."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._bytes = 0

    def write(self, data: bytes | memoryview) -> int:
        """Writes some bytes behind those so far."""
        # What Arrow hands over is its own and changes afterwards.
        some = bytes(data)
        self._digest.update(some)
        self._bytes += len(some)
        return self._file.write(some)

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Writes lines behind what there is so far."""
        self.write(b"".join(lines))

    def tell(self) -> int:
        """How many bytes there are so far."""
        return self._bytes

    def flush(self) -> None:
        """Hands all bytes to the system."""
        self._file.flush()

    def close(self) -> None:
        """Is left to whoever opened the file."""

    def written(self) -> Written:
        """What was written so far."""
        return Written(self._bytes, self._digest.hexdigest())


@contextmanager
def whole_file(path: Path, mode: int = 0o666) -> Iterator[HashedFile]:
    """A file that appears under its name when the block ends without error, synced to disk.

    Args:
        path: in a directory that exists; what lies there is replaced.
        mode: who may read it, beside what the process allows at all.

    Raises:
        OSError: it cannot be written; nothing of it is left, and what lay there stays.
    """
    with whole_path(path) as aside:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb", buffering=BUFFER_BYTES) as output:
            yield HashedFile(output)


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """Where to make a file that appears as `path` when the block ends without error, synced.

    For files that something else writes, such as a database; nobody has it open at the end.

    Args:
        path: as of `whole_file`.

    Raises:
        OSError: as of `whole_file`.
    """
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield aside
        sync(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)


def read_written(path: Path) -> Written:
    """How many bytes a file has that is whole, and no database that this process may have open."""
    with path.open("rb") as file:
        return Written(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def sync(path: Path) -> None:
    """Makes a file, or the names in a directory, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
