"""The keys of a desk in a file apart, sealed under the desk key or a passphrase.

docs/vault-format.md lays the file down. It begins with a line of JSON, then come sealed chunks,
numbered, the last one marked: a chunk that is changed, missing or moved does not open.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from deskledger.eventlog.base64url import from_base64url, to_base64url
from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, NewerVersion, WrongDeskKey

FORMAT = 1
KIND = "keys"
ROWS_PER_CHUNK = 4_096
HEADER_BYTES_MAX = 4_096
CHUNK_BYTES_MAX = 16 << 20
SALT_BYTES = 16
# What a guess at a passphrase costs: 128 MiB and some tenths of a second.
SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}

_CONTEXT = b"deskledger/keys/1\0"
_KEY_BYTES = 32


class Lock(NamedTuple):
    """What a file of keys is sealed under: the desk key, or a passphrase."""

    desk_key: bytes | None = None
    passphrase: str | None = None

    @property
    def name(self) -> str:
        """How the file says which of them it is."""
        return "desk_key" if self.passphrase is None else "passphrase"


class KeyRow(NamedTuple):
    """A row of the vault, its key unwrapped; see docs/vault-format.md."""

    id: bytes
    subject: str | None
    purpose: str | None
    key: bytes
    holder: str | None


class Keys(NamedTuple):
    """All keys of a desk: its secrets by name, then those of its values."""

    desk: str
    secrets: dict[str, bytes]
    rows: Iterator[KeyRow]


class Output(Protocol):
    """Where the file is written to."""

    def write(self, data: bytes) -> int:
        """Writes some bytes behind those so far."""


def write_keys(output: Output, keys: Keys, lock: Lock) -> int:
    """Writes all keys, sealed; gives how many rows there were.

    Raises:
        OSError: it cannot be written.
    """
    file_key, salt = os.urandom(_KEY_BYTES), os.urandom(SALT_BYTES)
    header = _header(keys.desk, lock, salt, file_key)
    output.write(header)
    seal, count = _Chunks(file_key, header), 0
    waiting = [orjson.dumps({name: to_base64url(key) for name, key in keys.secrets.items()})]
    for row in keys.rows:
        if len(waiting) == ROWS_PER_CHUNK:
            output.write(seal.sealed(waiting, last=False))
            waiting = []
        waiting.append(_spelt(row))
        count += 1
    output.write(seal.sealed(waiting, last=True))
    return count


def read_keys(path: Path, file: BufferedReader, lock: Lock) -> Keys:
    """The keys of a file; the rows are read as they are asked for.

    Raises:
        ForeignFile, NewerVersion: it is no file of keys, or of a newer software.
        WrongDeskKey: it is sealed under something else. The rows raise
        LedgerDamaged: where a chunk is changed, missing or cut.
    """
    line = file.readline(HEADER_BYTES_MAX)
    body = _read_header(path, line)
    chunks = _Chunks(_file_key(path, body, lock), line)
    lines = chunks.lines(path, file)
    secrets = {name: from_base64url(key) for name, key in orjson.loads(next(lines)).items()}
    return Keys(str(body["desk"]), secrets, map(_row, lines))


class _Chunks:
    """Lines sealed some at a time: AES-256-GCM, the nonce a number and whether it is the last."""

    def __init__(self, file_key: bytes, header: bytes) -> None:
        self._cipher = AESGCM(file_key)
        self._bound = _CONTEXT + hashlib.sha256(header).digest()
        self._number = 0

    def sealed(self, lines: Iterable[bytes], *, last: bool) -> bytes:
        data = self._cipher.encrypt(self._nonce(last=last), b"\n".join(lines), self._bound)
        return len(data).to_bytes(4, "big") + data

    def lines(self, path: Path, file: BufferedReader) -> Iterator[bytes]:
        last = False
        while not last:
            length = int.from_bytes(file.read(4), "big")
            data = file.read(length) if length <= CHUNK_BYTES_MAX else b""
            # What follows the last one would be as foreign as a change in it.
            last = not file.peek(1)
            try:
                opened = self._cipher.decrypt(self._nonce(last=last), data, self._bound)
            except (InvalidTag, ValueError) as problem:
                told = f"{path}, chunk {self._number}: the keys are damaged, or cut."
                raise LedgerDamaged(told, file=str(path), chunk=self._number) from problem
            yield from opened.split(b"\n")

    def _nonce(self, *, last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(11, "big") + bytes([last])


def _header(desk: str, lock: Lock, salt: bytes, file_key: bytes) -> bytes:
    scrypt = None if lock.passphrase is None else {**SCRYPT, "salt": to_base64url(salt)}
    body = {"format": FORMAT, "export": KIND, "desk": desk, "under": lock.name, "scrypt": scrypt}
    nonce = os.urandom(12)
    wrapped = nonce + AESGCM(_lock_key(lock, scrypt)).encrypt(nonce, file_key, _bound(body))
    return orjson.dumps({**body, "key": to_base64url(wrapped)}, option=orjson.OPT_APPEND_NEWLINE)


def _read_header(path: Path, line: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(line)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict) or body.get("export") != KIND or "format" not in body:
        raise ForeignFile(f"{path} is no file of keys.", file=str(path))
    if body["format"] != FORMAT:
        told = f"{path} was written by a newer deskledger; update the software."
        raise NewerVersion(told, file=str(path), format=body["format"], known=FORMAT)
    return body


def _file_key(path: Path, body: dict[str, Any], lock: Lock) -> bytes:
    wanted = body.get("under")
    if wanted != lock.name:
        ways = {"desk_key": "give the desk key", "passphrase": "give its passphrase"}
        way = ways.get(str(wanted), "update the software")
        raise WrongDeskKey(f"{path} is sealed under another kind of key; {way}.", file=str(path))
    try:
        wrapped = from_base64url(body.pop("key"))
        cipher = AESGCM(_lock_key(lock, body["scrypt"]))
        return cipher.decrypt(wrapped[:12], wrapped[12:], _bound(body))
    except (InvalidTag, KeyError, TypeError, ValueError, MemoryError) as problem:
        what = "The desk key" if lock.passphrase is None else "The passphrase"
        told = f"{what} does not open {path}; give the one that it was sealed under."
        raise WrongDeskKey(told, file=str(path)) from problem


def _lock_key(lock: Lock, scrypt: dict[str, Any] | None) -> bytes:
    if lock.passphrase is None or scrypt is None:
        return lock.desk_key or b""
    stated = {name: scrypt[name] for name in SCRYPT}
    # Others than these could ask for any amount of memory.
    if stated != SCRYPT:
        raise ValueError("scrypt")
    return Scrypt(from_base64url(scrypt["salt"]), _KEY_BYTES, **SCRYPT).derive(
        lock.passphrase.encode()
    )


def _bound(body: dict[str, Any]) -> bytes:
    return _CONTEXT + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _spelt(row: KeyRow) -> bytes:
    return orjson.dumps(
        [to_base64url(row.id), row.subject, row.purpose, to_base64url(row.key), row.holder]
    )


def _row(line: bytes) -> KeyRow:
    identifier, subject, purpose, key, holder = orjson.loads(line)
    return KeyRow(from_base64url(identifier), subject, purpose, from_base64url(key), holder)
