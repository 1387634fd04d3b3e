"""The desk key: 32 bytes that wrap every other key of the desk.

It stands in a file that only its owner can read, or is given by a setting; it is never logged.
Without it no personal value can be read, so it belongs into a backup apart from the desk's.
"""

import base64
import binascii
import os
import stat
from collections.abc import Callable
from pathlib import Path

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable, WrongDeskKey
from deskledger.eventlog.files.whole_file import sync

FILE_NAME = "desk.key"
# Beside it while the desk key is changed, and of what it was before.
NEW_NAME = "desk.key.new"
FORMER_NAME = "desk.key.former"
KEY_BYTES = 32


def make_desk_key(
    directory: Path, token_bytes: Callable[[int], bytes] = os.urandom, *, name: str = FILE_NAME
) -> bytes:
    """Draws a desk key and writes it to a file of the desk directory, durably, mode 0600.

    Raises:
        InvalidInput: there is one already; it is never replaced, other files may need it.
        Unavailable: the disk is full, or the directory cannot be written.
    """
    path = directory / name
    key = token_bytes(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidInput(f"{path} exists already; it may be needed, so move it.") from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(encode_desk_key(key).encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        sync(directory)
    except OSError as error:
        path.unlink()
        raise Unavailable(f"{path} cannot be written: {error}.") from error
    return key


def read_desk_key(directory: Path, setting: str | None = None, *, name: str = FILE_NAME) -> bytes:
    """The desk key: from `setting` if one is given, else from a file of the desk directory.

    Raises:
        WrongDeskKey: it is missing, malformed, or may be read by others; the message says which
            and what to do.
    """
    if setting is not None:
        return _decode(setting, "The desk key in the settings")
    path = directory / name
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise WrongDeskKey(f"Others may read {path}; run `chmod 600 {path}`.", file=str(path))
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        told = f"{path} is missing; restore it from your copy, or give the key as a setting."
        raise WrongDeskKey(told, file=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongDeskKey(f"{path} cannot be read: {error}.", file=str(path)) from error
    return _decode(text, str(path))


def replace_desk_key(directory: Path) -> None:
    """Puts `desk.key.new` in place of `desk.key` in one step; that stays as `desk.key.former`.

    Raises:
        Unavailable: the directory cannot be written.
    """
    own, former = directory / FILE_NAME, directory / FORMER_NAME
    try:
        former.unlink(missing_ok=True)
        former.hardlink_to(own)
        (directory / NEW_NAME).replace(own)
        sync(directory)
    except OSError as error:
        raise Unavailable(f"{own} cannot be replaced: {error}.") from error


def encode_desk_key(key: bytes) -> str:
    """The key as text: base64url without padding, 43 characters."""
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def _decode(text: str, place: str) -> bytes:
    stated = text.strip().rstrip("=")
    try:
        key = base64.b64decode(f"{stated}=", altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        # Never the text itself: it may be a key with one letter missing.
        raise WrongDeskKey(f"{place} is not a desk key: 43 letters of base64url.")
    return key
