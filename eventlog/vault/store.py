"""The vault's file in use: its transactions, and the desk key that opens what it holds."""

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidTag

from deskledger.eventlog.errors import LedgerDamaged, WrongDeskKey
from deskledger.eventlog.files.database import begin_writing, connect, connect_writer
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.vault import file
from deskledger.eventlog.vault.file import VAULT, UsedKey
from deskledger.eventlog.vault.sealed_value import DataKey, data_key, id_of_key
from deskledger.eventlog.vault.wrapping import Wrapping

CHECK = "check"
# Ids of new keys are inserted all over their index.
CACHE_KIBIBYTES = 8_192


class VaultStore:
    """One vault file, opened with its desk key. A reader never waits for a writer.

    Raises:
        WrongDeskKey: the key does not open it, or another process has changed it since.
    """

    def __init__(self, path: Path, wrapping: Wrapping, deadline_seconds: float) -> None:
        self._path = path
        self._wrapping = wrapping
        self._deadline_seconds = deadline_seconds
        self._reader = connect(path, VAULT, deadline_seconds=deadline_seconds)
        self._writer = connect_writer(
            path, VAULT, deadline_seconds=deadline_seconds, cache_kibibytes=CACHE_KIBIBYTES
        )
        self._reading, self._writing = Lock(), Lock()
        with self.reading() as connection:
            wrapped = file.read_secrets(connection)
        self._check = wrapped[CHECK]
        self.secrets = {name: self._secret(name, sealed) for name, sealed in wrapped.items()}

    def wrapped(self, key: bytes) -> tuple[bytes, bytes]:
        """A new key's id, and the key wrapped."""
        identifier = id_of_key(key)
        return identifier, self._wrapping.wrap(identifier, key)

    def keys(self, ids: Collection[bytes]) -> dict[bytes, bytes]:
        """The keys of those ids that the vault has."""
        with self.reading() as connection:
            found = list(file.read_keys(connection, ids))
        return {identifier: self._key(identifier, wrapped) for identifier, wrapped in found}

    def subject_keys(self, subjects: Collection[str]) -> dict[str, DataKey]:
        """The keys of those subjects that have one."""
        with self.reading() as connection:
            return self._subject_keys(connection, subjects)

    def make_subject_keys(self, keys: Mapping[str, bytes]) -> dict[str, DataKey]:
        """Stores keys for subjects, durably; gives those in use, which others may have made.

        Args:
            keys: a fresh key for each subject that seemed to have none.
        """
        with self.writing() as connection:
            found = self._subject_keys(connection, keys)
            made = {subject: key for subject, key in keys.items() if subject not in found}
            rows = [(subject, *self.wrapped(key)) for subject, key in made.items()]
            file.add_subject_keys(connection, rows)
        return found | {subject: data_key(key) for subject, key in made.items()}

    def reserve(
        self, holder: str, keys: Sequence[bytes], used: Sequence[UsedKey], *, waiting: bool
    ) -> None:
        """Stores fresh keys for `holder`, durably, and whose its used ones have become.

        Args:
            holder: the process that may use them.
            keys: the fresh ones.
            used: those of earlier reservations.
            waiting: wait for other processes, rather than fail at once.
        """
        wrapped = [self.wrapped(key) for key in keys]
        with self.writing(waiting=waiting) as connection:
            if used:
                file.name_keys(connection, used)
            file.reserve_keys(connection, holder, wrapped)

    def finish(self, holder: str, used: Sequence[UsedKey]) -> None:
        """Stores whose the used keys of `holder` have become, and drops its unused ones."""
        with self.writing() as connection:
            file.name_keys(connection, used)
            file.drop_keys(connection, holder)

    def destroy(self, subjects: Collection[str]) -> int:
        """Destroys all keys of some subjects for ever; gives how many there were."""
        with self.writing() as connection:
            count = file.delete_keys(connection, subjects)
        self._forget_deleted()
        return count

    def destroy_keys(self, ids: Collection[bytes]) -> int:
        """Destroys some keys for ever; gives how many of them there were."""
        with self.writing() as connection:
            count = file.delete_keys_by_id(connection, ids)
        self._forget_deleted()
        return count

    def _forget_deleted(self) -> None:
        # A deleted row stays readable in the write-ahead log until that is written anew.
        with self._writing:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rewrap(self) -> int:
        """Wraps under the desk key what a former one wraps, in one transaction.

        Returns:
            How many keys it was.
        """
        count = 0
        with self.writing() as connection:
            file.write_secrets(connection, self.stale_secrets(connection))
            for keys in file.every_key(connection):
                rows = list(self._rewrapped(keys))
                file.replace_keys(connection, rows)
                count += len(rows)
            check = file.read_check(connection)
        self._check = check
        self._forget_deleted()
        return count

    def stale_secrets(self, connection: sqlite3.Connection) -> dict[str, bytes]:
        """The secrets that a former desk key wraps, wrapped anew; the check value comes first."""
        stored = file.read_secrets(connection)
        return {
            name: self._wrapping.wrap(name.encode(), self.secrets[name])
            for name in sorted(stored, key=lambda name: name != CHECK)
            if not self._wrapping.is_current(name.encode(), stored[name])
        }

    def wrapped_anew(self, identifier: bytes, wrapped: bytes) -> bytes | None:
        """A key wrapped under the desk key; None where it is.

        Raises:
            LedgerDamaged: no desk key that is known here opens it.
        """
        if self._wrapping.is_current(identifier, wrapped):
            return None
        return self._wrapping.wrap(identifier, self._key(identifier, wrapped))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for questions, one thread at a time."""
        with self._reading:
            try:
                yield self._reader
            except sqlite3.Error as error:
                raise desk_error(error, self._path) from error

    @contextmanager
    def writing(self, *, waiting: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block ends; nothing is stored if it fails.

        Not `waiting`: it fails at once where another process holds the file.
        """
        with self._writing:
            try:
                deadline_seconds = self._deadline_seconds if waiting else 0
                begin_writing(self._writer, time.monotonic() + deadline_seconds)
                self._check_unchanged()
                yield self._writer
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                raise desk_error(error, self._path) from error
            finally:
                if self._writer.in_transaction:
                    with suppress(sqlite3.Error):
                        self._writer.execute("ROLLBACK")

    def close(self) -> None:
        """Closes the file."""
        self._reader.close()
        self._writer.close()

    def _subject_keys(
        self, connection: sqlite3.Connection, subjects: Collection[str]
    ) -> dict[str, DataKey]:
        return {
            subject: data_key(self._key(identifier, wrapped))
            for subject, identifier, wrapped in file.read_subject_keys(connection, subjects)
        }

    def _check_unchanged(self) -> None:
        # What was wrapped with the old desk key after a change could never be opened again.
        if file.read_check(self._writer) != self._check:
            raise WrongDeskKey("The desk key was changed; start again with the new one.")

    def _secret(self, name: str, wrapped: bytes) -> bytes:
        try:
            return self._wrapping.unwrap(name.encode(), wrapped)
        except InvalidTag as error:
            self.close()
            told = f"The desk key does not open {self._path}; restore the key that belongs to it."
            raise WrongDeskKey(told, file=str(self._path)) from error

    def _key(self, identifier: bytes, wrapped: bytes) -> bytes:
        try:
            return self._wrapping.unwrap(identifier, wrapped)
        except InvalidTag as error:
            told = f"{self._path}: key {identifier.hex()} does not open; was the desk key changed?"
            raise LedgerDamaged(told, file=str(self._path), key=identifier.hex()) from error

    def _rewrapped(self, keys: Iterable[tuple[int, bytes, bytes]]) -> Iterator[tuple[bytes, int]]:
        for row, identifier, wrapped in keys:
            anew = self.wrapped_anew(identifier, wrapped)
            if anew is not None:
                yield anew, row
