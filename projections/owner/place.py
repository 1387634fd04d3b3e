"""Where the owner of a desk's tables is found: a socket in the desk's directory.

The address of a socket has room for about a hundred bytes. Where the directory's path is longer,
the socket lies in a directory of its own that nobody else may enter, and a symbolic link of its
name in the desk's directory says where.
"""

import os
import socket
import stat
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from deskledger.eventlog.errors import Unavailable
from deskledger.projections.owner.frames import Busy

NAME = "projections.sock"
PATH_BYTES_MAX = 100
BACKLOG = 64

Mark = tuple[int, int]


def address_of(directory: Path) -> Path | None:
    """Where the owner of a desk's tables would answer; None if it cannot be there.

    A link that leads to a directory that others may enter is not followed.
    """
    own = directory.resolve() / NAME
    if own.is_symlink():
        elsewhere = own.readlink()
        return elsewhere if _is_private(elsewhere.parent) else None
    return own if _fits(own) else None


def connected_socket(directory: Path, seconds: float) -> socket.socket | None:
    """A connection to the owner of a desk's tables, None if nobody listens there.

    Raises:
        Busy: the owner accepts nobody within the time.
        Unavailable: it is of another user.
    """
    address = address_of(directory)
    if address is None:
        return None
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(seconds)
    try:
        connected.connect(os.fspath(address))
        _check_user(connected)
    except (FileNotFoundError, ConnectionRefusedError):
        # There is no owner, or one that was killed and has left its socket.
        connected.close()
        return None
    except PermissionError as error:
        connected.close()
        told = "A process of another user owns the tables; ask as that user."
        raise Unavailable(told, socket=str(address)) from error
    except (TimeoutError, BlockingIOError) as error:
        connected.close()
        raise Busy("The owner of the tables accepts nobody; ask again later.") from error
    return connected


def _check_user(connected: socket.socket) -> None:
    if peer_user(connected) != os.geteuid():
        raise PermissionError


def listening_socket(directory: Path) -> socket.socket:
    """A socket at which the owner of a desk's tables answers, for its user alone (mode 0600).

    Whatever lies there is replaced, so only who has the tables' file may call this.

    Raises:
        Unavailable: no socket can be made there.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        address = _free_address(directory)
        # A socket takes its mode from its descriptor; so it is never open to others.
        os.fchmod(listener.fileno(), 0o600)
        listener.bind(os.fspath(address))
        address.chmod(0o600)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        told = f"The owner of the tables cannot make its socket in {directory}: {error}."
        raise Unavailable(told, directory=str(directory)) from error
    return listener


def remove_address(directory: Path, made: Mark | None = None) -> None:
    """Removes the socket, before the tables' file is given back; or what a dead owner has left.

    Args:
        directory: the desk's.
        made: the mark of the socket, so that a successor's stays; None for whichever lies there.
    """
    own = directory.resolve() / NAME
    if made is not None and mark_of(directory) != made:
        return
    if own.is_symlink():
        elsewhere = own.readlink()
        if elsewhere.name == NAME and _is_private(elsewhere.parent):
            elsewhere.unlink(missing_ok=True)
            with suppress(OSError):
                elsewhere.parent.rmdir()
    own.unlink(missing_ok=True)


def mark_of(directory: Path) -> Mark | None:
    """What tells the socket of a desk from another one at its place; None if there is none."""
    try:
        found = (directory / NAME).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def peer_user(connected: socket.socket) -> int:
    """The user on the other side, as the kernel knows it."""
    size = struct.calcsize("3i")
    _pid, user, _group = struct.unpack(
        "3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )
    return int(user)


def _free_address(directory: Path) -> Path:
    """An address at which nothing lies."""
    remove_address(directory)
    own = directory.resolve() / NAME
    if _fits(own):
        return own
    address = _private_directory() / NAME
    own.symlink_to(address)
    return address


def _private_directory() -> Path:
    """A new directory that only this user may enter (mode 0700)."""
    for place in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()):
        if place and _fits(Path(place) / "deskledger-12345678" / NAME):
            with suppress(OSError):
                return Path(tempfile.mkdtemp(prefix="deskledger-", dir=place))
    raise OSError("its path is too long; set XDG_RUNTIME_DIR to a directory with a short one")


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= PATH_BYTES_MAX


def _is_private(directory: Path) -> bool:
    try:
        found = directory.lstat()
    except OSError:
        return False
    ours = found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISDIR(found.st_mode) and ours
