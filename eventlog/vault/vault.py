"""The vault: every key of the desk, wrapped by the desk key, apart from what the keys seal.

Destroying a key there makes unreadable what it sealed, for ever, without touching the ledger.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.files.database import desk_of
from deskledger.eventlog.files.file_making import create_file
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.vault import file
from deskledger.eventlog.vault.file import VAULT
from deskledger.eventlog.vault.key_block import BLOCK_KEYS, KeyBlock
from deskledger.eventlog.vault.sealed_value import DataKey
from deskledger.eventlog.vault.store import CHECK, VaultStore
from deskledger.eventlog.vault.subject_keys import SubjectKeys
from deskledger.eventlog.vault.wrapping import Wrapping

DEADLINE_SECONDS = 5.0
_SECRET_BYTES = 32

TokenBytes = Callable[[int], bytes]


class Secrets(NamedTuple):
    """The desk's own random keys, 32 bytes each, drawn once and never changed."""

    command: bytes
    identity: bytes
    message: bytes


class Vault:
    """The keys of one desk in `vault.sqlite`, for any thread; several processes may share it.

    All of its methods raise `Unavailable` where the file is locked beyond the deadline or the disk
    is full, and `WrongDeskKey` where another process has changed the desk key meanwhile.
    """

    @classmethod
    def create(
        cls, directory: Path, desk: str, desk_key: bytes, token_bytes: TokenBytes = random_bytes
    ) -> None:
        """Makes the vault of a new desk and draws its secrets.

        Raises:
            InvalidInput: there is one already.
            ForeignFile: something else lies under the name.
        """
        wrapping = Wrapping(desk, desk_key, token_bytes)
        names = (*Secrets._fields, CHECK)
        wrapped = {name: wrapping.wrap(name.encode(), token_bytes(_SECRET_BYTES)) for name in names}
        create_file(directory, VAULT, desk, lambda made: file.write_secrets(made, wrapped))

    @classmethod
    def open(  # noqa: PLR0913 - what is seldom needed is named by its caller
        cls,
        directory: Path,
        desk: str,
        desk_key: bytes,
        *,
        former_keys: Sequence[bytes] = (),
        deadline_seconds: float = DEADLINE_SECONDS,
        token_bytes: TokenBytes = random_bytes,
    ) -> Self:
        """Opens the vault of a desk.

        Args:
            directory: where `vault.sqlite` lies.
            desk: the id that the ledger states.
            desk_key: the 32 bytes that wrap its keys.
            former_keys: earlier ones, under which some of it may still be wrapped.
            deadline_seconds: how long a write waits for other processes.
            token_bytes: gives so many random bytes.

        Raises:
            WrongDeskKey: this key does not open it.
            ForeignFile: it is another desk's, or no vault at all.
            NewerVersion, LedgerDamaged: the file cannot be used.
        """
        path = directory / VAULT.name
        if desk_of(path, VAULT) != desk:
            raise ForeignFile(f"{path} is the vault of another desk.", file=str(path))
        wrapping = Wrapping(desk, desk_key, token_bytes, former_keys)
        return cls(VaultStore(path, wrapping, deadline_seconds), token_bytes)

    def __init__(
        self,
        store: VaultStore,
        token_bytes: TokenBytes,
        first_block_keys: int = BLOCK_KEYS,
    ) -> None:
        self._store = store
        self._token_bytes = token_bytes
        self._block = KeyBlock(store, token_bytes, first_block_keys)
        self._subjects = SubjectKeys(store, token_bytes)
        self.secrets = Secrets(*(store.secrets[name] for name in Secrets._fields))

    def subject_keys(self, subjects: Collection[str]) -> dict[str, DataKey]:
        """The key of each subject stream, made with one write for all that have none."""
        return self._subjects.get(subjects)

    def text_key(self, subject: str) -> DataKey:
        """A fresh key for one interaction's text; erasing `subject` is to destroy it."""
        return self._block.take(subject, "text")

    def attachment_key(self, subject: str) -> DataKey:
        """A fresh key for one attachment; erasing `subject` is to destroy it."""
        return self._block.take(subject, "attachment")

    def data_keys(self, ids: Collection[bytes]) -> dict[bytes, bytes]:
        """The keys of those ids that still exist; what they sealed reads as erased otherwise."""
        return self._store.keys(ids)

    def destroy(self, subjects: Collection[str]) -> int:
        """Destroys every key that names one of the subjects: what they sealed is gone for ever.

        Keys of texts that this process has used are among them once `close` or the next block has
        written down whose they are.

        Returns:
            How many keys there were.
        """
        with self._subjects.without(subjects):
            return self._store.destroy(subjects)

    def destroy_keys(self, ids: Collection[bytes]) -> int:
        """Destroys some keys for ever; gives how many of them there still were."""
        return self._store.destroy_keys(ids)

    def rewrap(self) -> int:
        """Wraps under the desk key whatever a former one wraps; gives how many keys it was.

        Other processes must open the vault again with the new one; until then they can write
        nothing into it. Done again, it takes in what others have told of meanwhile.
        """
        return self._store.rewrap()

    def close(self) -> None:
        """Writes down what the used keys have become, drops the unused, closes the file."""
        try:
            self._block.close()
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
