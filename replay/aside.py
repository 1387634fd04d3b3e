"""Where a directory lies while it is being filled: beside its place, under a lock."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable


@contextmanager
def made_aside(directory: Path) -> Iterator[Path]:
    """A directory that takes the place of `directory` when the block ends without error.

    What a process that was killed has left there is cleared by the next one; the lock goes with
    the process that holds it.

    Raises:
        InvalidInput: something lies in the place already.
        Unavailable: another process fills the same place, or it cannot be written.
    """
    _check_free(directory)
    aside = directory.with_name(f".{directory.name}.filling")
    descriptor = _locked(aside)
    try:
        _clear(aside)
        yield aside
        os.fsync(descriptor)
        _check_free(directory)
        aside.rename(directory)
    except BaseException as error:
        _clear(aside)
        aside.rmdir()
        if isinstance(error, OSError):
            raise _unavailable(directory, error) from error
        raise
    else:
        _sync(directory.parent)
    finally:
        os.close(descriptor)


def _check_free(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        told = f"{directory} is not empty; name a directory that does not exist or is empty."
        raise InvalidInput(told, directory=str(directory))


def _locked(aside: Path) -> int:
    try:
        aside.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(aside, os.O_RDONLY)
    except OSError as error:
        raise _unavailable(aside, error) from error
    if not _is_ours(aside, descriptor):
        os.close(descriptor)
        told = "Another process fills the same place; wait until it is done."
        raise Unavailable(told, directory=str(aside))
    return descriptor


def _is_ours(aside: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever had the lock before may have given the directory its name meanwhile.
        return os.path.samestat(aside.stat(), os.fstat(descriptor))
    except (BlockingIOError, FileNotFoundError):
        return False


def _clear(aside: Path) -> None:
    for entry in aside.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _unavailable(path: Path, error: OSError) -> Unavailable:
    told = f"{path} cannot be written: {error.strerror or error}; nothing was kept."
    return Unavailable(told, directory=str(path))


def _sync(directory: Path) -> None:
    """Makes the new name as durable as what it names."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
