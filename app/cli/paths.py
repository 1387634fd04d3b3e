"""Files that a person names: read and written, but never one of a desk's own."""

import os
from pathlib import Path

from deskledger.domain.errors import InvalidInput

DESK_FILES = (
    "applications.sqlite",
    "ledger.sqlite",
    "replica.sqlite",
    "vault.sqlite",
    "desk.key",
    "desk.key.former",
    "desk.key.new",
    "kafka.json",
    "projections.duckdb",
)


def not_of_a_desk(path: Path, desk: Path) -> Path:
    """The path itself, unless it leads to a file of the desk.

    Opening one of those in this process and closing it again would drop the locks that the
    process holds on it, whatever name it goes by; so it is compared by `stat`, never opened.

    Raises:
        InvalidInput: it is one of the desk's files.
    """
    for name in DESK_FILES:
        own = desk / name
        if path.exists() and own.exists() and path.samefile(own):
            raise InvalidInput(
                f"{path} is a file of the desk itself; name another.", file=str(path)
            )
    return path


def read_bytes(path: Path, desk: Path) -> bytes:
    """The bytes of a file that a person names.

    Raises:
        InvalidInput: it is a file of the desk.
        OSError: it cannot be read.
    """
    return not_of_a_desk(path, desk).read_bytes()


def read_at_most(path: Path, desk: Path, limit: int) -> bytes:
    """The first bytes of a file that a person names, however long it is.

    Raises:
        InvalidInput: it is a file of the desk.
        OSError: it cannot be read.
    """
    with not_of_a_desk(path, desk).open("rb") as file:
        return file.read(limit)


def check_writable(path: Path, desk: Path) -> None:
    """Checks that a file may be written, before long work whose result it is to take.

    Raises:
        InvalidInput: it is a file of the desk, or its directory does not exist.
    """
    not_of_a_desk(path, desk)
    if not path.absolute().parent.is_dir() or path.is_dir():
        told = f"{path} cannot be written: name a file in a directory that exists."
        raise InvalidInput(told, file=str(path))


def write_whole(path: Path, data: bytes, desk: Path) -> None:
    """Writes a file at once, so that a reader finds the old bytes or all of the new.

    Raises:
        InvalidInput: it is a file of the desk, or its directory does not exist.
        OSError: it cannot be written.
    """
    check_writable(path, desk)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
