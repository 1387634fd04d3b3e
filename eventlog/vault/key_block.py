"""Keys for texts and attachments, reserved in the vault a block at a time."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.vault.file import UsedKey
from deskledger.eventlog.vault.sealed_value import DataKey, data_key
from deskledger.eventlog.vault.store import VaultStore

BLOCK_KEYS = 256
# With fewer left of a full block, whoever takes one reserves the next while others go on taking.
LOW_KEYS = 64

_GROWTH = BLOCK_KEYS // LOW_KEYS
_KEY_BYTES = 32


class KeyBlock:
    """The fresh keys of one process. A key is durable in the vault before it is given out.

    Whose a used key has become is written with the next reservation or at the end. A process
    that dies leaves its block behind: those keys open what they sealed, and nobody uses the rest.
    """

    def __init__(
        self, store: VaultStore, token_bytes: Callable[[int], bytes], first: int = BLOCK_KEYS
    ) -> None:
        """`first` is the size of the first block; each is larger than the one before."""
        self._store = store
        self._size = first
        self._low = 0
        self._token_bytes = token_bytes
        self._holder = secrets.token_hex(8)
        self._taking, self._reserving = Lock(), Lock()
        self._fresh: list[DataKey] = []
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
        while (taken := self._take(subject, purpose)) is None:
            with self._reserving:
                if not self._fresh:
                    self._reserve(waiting=True)
        key, left = taken
        if left < self._low and self._reserving.acquire(blocking=False):
            try:
                # The key at hand is good; whoever finds none is told why.
                with suppress(Unavailable):
                    self._reserve(waiting=False)
            finally:
                self._reserving.release()
        return key

    def close(self) -> None:
        """Writes down what was used, and drops what was not."""
        with self._reserving, self._taking:
            if not self._used and not self._fresh:
                return
            self._store.finish(self._holder, self._used)
            self._used, self._fresh = [], []

    def _take(self, subject: str, purpose: str) -> tuple[DataKey, int] | None:
        """A key and how many are left, None if there was none."""
        with self._taking:
            if not self._fresh:
                return None
            key = self._fresh.pop()
            self._used.append(UsedKey(key.id, subject, purpose))
            return key, len(self._fresh)

    def _reserve(self, *, waiting: bool) -> None:
        drawn = [self._token_bytes(_KEY_BYTES) for _ in range(self._size)]
        with self._taking:
            used = self._used[:]
        self._store.reserve(self._holder, drawn, used, waiting=waiting)
        self._low = self._size // _GROWTH
        self._size = min(self._size * _GROWTH, BLOCK_KEYS)
        with self._taking:
            del self._used[: len(used)]
            self._fresh += map(data_key, drawn)
