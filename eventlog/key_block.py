"""Keys for texts and attachments, reserved in the vault a block at a time."""

import secrets
from collections.abc import Callable
from threading import Lock

from deskledger.eventlog import vault_file as file
from deskledger.eventlog.sealing import DataKey, data_key
from deskledger.eventlog.vault_file import UsedKey
from deskledger.eventlog.vault_store import VaultStore

BLOCK_KEYS = 256
_KEY_BYTES = 32


class KeyBlock:
    """The fresh keys of one process. A key is durable in the vault before it is given out.

    Whose a used key has become is written with the next reservation or at the end. A process
    that dies leaves its block behind: those keys open what they sealed, and nobody uses the rest.
    """

    def __init__(self, store: VaultStore, token_bytes: Callable[[int], bytes]) -> None:
        self._store = store
        self._token_bytes = token_bytes
        self._holder = secrets.token_hex(8)
        self._lock = Lock()
        self._fresh: list[tuple[int, DataKey]] = []
        self._used: list[UsedKey] = []

    def take(self, subject: str, purpose: str) -> DataKey:
        """A key that was never used before.

        Args:
            subject: the stream whose erasure is to destroy it.
            purpose: text or attachment.

        Raises:
            Unavailable: a new block could not be stored.
            WrongDeskKey: another process changed the desk key.
        """
        with self._lock:
            if not self._fresh:
                self._reserve()
            row, key = self._fresh.pop()
            self._used.append(UsedKey(row, subject, purpose))
            return key

    def close(self) -> None:
        """Writes down what was used, and drops what was not."""
        with self._lock:
            if not self._used and not self._fresh:
                return
            with self._store.writing() as connection:
                file.name_keys(connection, self._used)
                file.drop_keys(connection, self._holder)
            self._used, self._fresh = [], []

    def _reserve(self) -> None:
        drawn = [self._token_bytes(_KEY_BYTES) for _ in range(BLOCK_KEYS)]
        wrapped = [self._store.wrapped(key) for key in drawn]
        with self._store.writing() as connection:
            if self._used:
                file.name_keys(connection, self._used)
            rows = file.reserve_keys(connection, self._holder, wrapped)
        self._used = []
        self._fresh = list(zip(rows, map(data_key, drawn), strict=True))
