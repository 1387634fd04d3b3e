"""The desk's vault on Kafka: every change is a record of its topic, read back before it is used."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import starmap
from pathlib import Path

from deskledger.eventlog.errors import OutcomeUnknown, Unavailable, WrongDeskKey
from deskledger.eventlog.kafka import vault_rows
from deskledger.eventlog.kafka.handover import Record
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.vault_records import (
    SUBJECT,
    KeyRow,
    SecretRow,
    destruction_record,
    key_record,
    secret_record,
)
from deskledger.eventlog.kafka.vault_sink import has_secrets
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.vault import file
from deskledger.eventlog.vault.file import VAULT, UsedKey
from deskledger.eventlog.vault.sealed_value import DataKey
from deskledger.eventlog.vault.store import CHECK, VaultStore
from deskledger.eventlog.vault.vault import Secrets, Vault
from deskledger.eventlog.vault.wrapping import Wrapping

DEADLINE_SECONDS = 5.0
# A command of the command line uses one key, a busy node thousands.
FIRST_BLOCK_KEYS = 2
RECORDS_AT_ONCE_MAX = 1_000

_PARTITION = 0
_SECRET_BYTES = 32
_ABSENT = "SELECT id FROM absent WHERE id = ?"
_NOTE_ABSENT = "INSERT OR IGNORE INTO absent VALUES (?)"


def open_vault(
    ledger: KafkaLedger,
    directory: Path,
    desk_key: bytes,
    former_keys: Sequence[bytes] = (),
    token_bytes: Callable[[int], bytes] = random_bytes,
) -> Vault:
    """Opens the vault of a desk on Kafka.

    Args:
        ledger: the desk's, which keeps the vault's file current.
        directory: where the file lies.
        desk_key: the 32 bytes that wrap its keys.
        former_keys: earlier ones, under which some of it may still be wrapped.
        token_bytes: gives so many random bytes.

    Raises:
        WrongDeskKey: this key does not open it.
        Unavailable: its secrets have not been read yet, as brokers cannot be reached or are slow.
    """
    wrapping = Wrapping(ledger.desk, desk_key, token_bytes, former_keys)
    store = KafkaVaultStore(ledger, directory, wrapping)
    # Whoever brought them back may have been killed before it could do so itself.
    with suppress(Unavailable, OutcomeUnknown):
        store.destroy_returned()
    return Vault(store, token_bytes, first_block_keys=FIRST_BLOCK_KEYS)


def first_records(
    desk: str, desk_key: bytes, token_bytes: Callable[[int], bytes] = random_bytes
) -> list[Record]:
    """What the vault of a new desk begins with: its secrets, drawn and wrapped."""
    wrapping = Wrapping(desk, desk_key, token_bytes)
    drawn = {name: token_bytes(_SECRET_BYTES) for name in (CHECK, *Secrets._fields)}
    return [_secret(name, wrapping.wrap(name.encode(), each)) for name, each in drawn.items()]


class KafkaVaultStore(VaultStore):
    """The vault's file, which only the tail writes; changes go by way of the topic."""

    def __init__(self, ledger: KafkaLedger, directory: Path, wrapping: Wrapping) -> None:
        self._ledger = ledger
        path = directory / VAULT.name
        if not has_secrets(path) and not ledger.refresh_vault():
            trouble = ledger.log.trouble
            told = "The vault has not been read to its end in time; try again: what was read stays."
            if trouble:
                told = f"The vault has not been read, and the brokers cannot be reached: {trouble}"
            raise Unavailable(told, reason=trouble)
        if not has_secrets(path):
            raise WrongDeskKey(f"{ledger.location.vault.name} holds no secrets of a desk.")
        super().__init__(path, wrapping, DEADLINE_SECONDS)

    def keys(self, ids: Collection[bytes]) -> dict[bytes, bytes]:
        """The keys of those ids that have not been destroyed.

        A key is in the topic before anything is sealed with it, but this node may read the
        commit before it reads the key.

        Raises:
            Unavailable, LogChanged: a destroyed key cannot be told from one that is yet to be
                read.
        """
        found = super().keys(ids)
        missing = self._unknown(set(ids) - set(found)) if len(found) < len(set(ids)) else set()
        if not missing:
            return found
        self._read_to_end()
        late = super().keys(missing)
        self._note_absent(missing - set(late))
        return found | late

    def make_subject_keys(self, keys: Mapping[str, bytes]) -> dict[str, DataKey]:
        """Tells the topic of keys for subjects; gives those that stand first in it."""
        rows = [KeyRow(*self.wrapped(key), subject, SUBJECT) for subject, key in keys.items()]
        self._tell(map(_key, rows))
        return self.subject_keys(keys)

    def reserve(
        self,
        holder: str,
        keys: Sequence[bytes],
        used: Sequence[UsedKey],
        *,
        waiting: bool,  # noqa: ARG002 - the brokers are waited for in any case
    ) -> None:
        """Tells the topic of fresh keys, and whose the used ones have become."""
        fresh = [KeyRow(*self.wrapped(key), holder=holder) for key in keys]
        with self.reading() as connection:
            named = vault_rows.name_rows(connection, used)
        self._tell(map(_key, [*named, *fresh]))

    def finish(self, holder: str, used: Sequence[UsedKey]) -> None:
        """Tells the topic whose the used keys have become; destroys what was never used.

        Without brokers, or after a change of the desk key, all stays as if the process had been
        killed: those keys open what they sealed, and nobody uses the rest.
        """
        with self.reading() as connection:
            named = vault_rows.name_rows(connection, used)
            unused = set(vault_rows.held_ids(connection, holder)) - {row.id for row in named}
        with suppress(Unavailable, OutcomeUnknown, WrongDeskKey):
            self._tell([*map(_key, named), *map(_destruction, unused)])

    def destroy(self, subjects: Collection[str]) -> int:
        """Destroys all keys of some subjects, at every node; gives how many there were.

        The second look finds what others have told before they could read the first destructions.
        """
        self._read_to_end()
        return self._destroy_of(subjects) + self._destroy_of(subjects)

    def destroy_keys(self, ids: Collection[bytes]) -> int:
        """Destroys some keys, at every node; gives how many of them there were.

        Raises:
            Unavailable: not all of them are known here yet; nothing was destroyed.
        """
        there = self.keys(ids)
        self._tell(map(_destruction, there))
        return len(there)

    def destroy_returned(self) -> None:
        """Destroys again what the topic told of once more after its destruction.

        A node that names its used keys, or wraps them anew, may not have read yet that one was
        destroyed. Every reader knows better, but the topic's last word is what it keeps.
        """
        with self.reading() as connection:
            ids = vault_rows.returned_ids(connection)
        self._tell_all(list(map(_destruction, ids)))

    def rewrap(self) -> int:
        """Wraps under the desk key what a former one wraps; gives how many keys it was.

        The new check value comes first: whoever reads it back before keys of its own knows that
        these are lost, and uses none of them. It looks again until nothing is left, as others may
        have told of keys before they could read it.
        """
        count = 0
        while True:
            self._read_to_end()
            with self.reading() as connection:
                secrets = self.stale_secrets(connection)
                rows = [
                    row._replace(wrapped=anew)
                    for row in vault_rows.every_row(connection)
                    if (anew := self.wrapped_anew(row.id, row.wrapped)) is not None
                ]
                self._check = file.read_check(connection)
            if not secrets and not rows:
                self.destroy_returned()
                return count
            self._tell_all([*starmap(_secret, secrets.items()), *map(_key, rows)])
            count += len(rows)

    def _tell(self, records: Iterable[Record]) -> None:
        """Tells the topic; what was told holds only if nobody changed the desk key before."""
        self._check_key()
        self._tell_all(list(records))
        self.destroy_returned()
        self._check_key()

    def _check_key(self) -> None:
        with self.reading() as connection:
            if file.read_check(connection) != self._check:
                raise WrongDeskKey("The desk key was changed; start again with the new one.")

    def _tell_all(self, records: Sequence[Record]) -> None:
        for start in range(0, len(records), RECORDS_AT_ONCE_MAX):
            self._ledger.tell_vault(records[start : start + RECORDS_AT_ONCE_MAX])

    def _destroy_of(self, subjects: Collection[str]) -> int:
        with self.reading() as connection:
            ids = vault_rows.ids_of_subjects(connection, subjects)
        self._tell(map(_destruction, ids))
        return len(ids)

    def _read_to_end(self) -> None:
        if not self._ledger.refresh_vault():
            told = "Some keys have not been read yet, and the brokers are not there."
            raise Unavailable(told, reason=self._ledger.log.trouble)

    def _unknown(self, ids: set[bytes]) -> set[bytes]:
        """Those that are not known to have been destroyed."""
        with self.reading() as connection:
            return ids - {
                identifier
                for one in ids
                for (identifier,) in connection.execute(_ABSENT, (one,)).fetchall()
            }

    def _note_absent(self, ids: Collection[bytes]) -> None:
        """Remembers which keys have been destroyed: their ids never come again."""
        with self.writing() as connection:
            connection.executemany(_NOTE_ABSENT, [(identifier,) for identifier in ids])


def _secret(name: str, wrapped: bytes) -> Record:
    return Record(_PARTITION, *secret_record(SecretRow(name, wrapped)))


def _key(row: KeyRow) -> Record:
    return Record(_PARTITION, *key_record(row))


def _destruction(identifier: bytes) -> Record:
    return Record(_PARTITION, *destruction_record(identifier))
