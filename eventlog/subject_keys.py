"""The one key of each subject: looked up, or made when its first value is sealed."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from threading import Lock

from deskledger.domain.errors import DeskError
from deskledger.eventlog import vault_file as file
from deskledger.eventlog.sealing import DataKey
from deskledger.eventlog.vault_store import VaultStore

REMEMBERED_MAX = 20_000
_KEY_BYTES = 32


class _Wanted:
    """Subjects that one caller found without a key; `error` if they could not get one."""

    __slots__ = ("done", "error", "subjects")

    def __init__(self, subjects: Collection[str]) -> None:
        self.subjects = subjects
        self.done = False
        self.error: DeskError | None = None


class SubjectKeys:
    """The keys of subjects, the recently used ones remembered.

    New ones cost a durable write; callers who need one at the same time share it.
    """

    def __init__(self, store: VaultStore, token_bytes: Callable[[int], bytes]) -> None:
        self._store = store
        self._token_bytes = token_bytes
        self._remembering, self._making = Lock(), Lock()
        self._keys: OrderedDict[str, DataKey] = OrderedDict()
        self._wanted: list[_Wanted] = []

    def get(self, subjects: Collection[str]) -> dict[str, DataKey]:
        """The key of each subject.

        Raises:
            Unavailable: a new key could not be stored.
            WrongDeskKey: another process changed the desk key.
        """
        found = self._remembered(subjects)
        missing = [subject for subject in subjects if subject not in found]
        if missing:
            found |= self._looked_up(missing)
            missing = [subject for subject in missing if subject not in found]
        if missing:
            found |= self._made(missing)
        return found

    def _remembered(self, subjects: Collection[str]) -> dict[str, DataKey]:
        with self._remembering:
            found = {}
            for subject in subjects:
                key = self._keys.get(subject)
                if key is not None:
                    self._keys.move_to_end(subject)
                    found[subject] = key
            return found

    def _remember(self, keys: dict[str, DataKey]) -> None:
        with self._remembering:
            self._keys.update(keys)
            while len(self._keys) > REMEMBERED_MAX:
                self._keys.popitem(last=False)

    def _looked_up(self, subjects: Collection[str]) -> dict[str, DataKey]:
        with self._store.reading() as connection:
            found = self._store.subject_keys(connection, subjects)
        self._remember(found)
        return found

    def _made(self, subjects: Collection[str]) -> dict[str, DataKey]:
        wanted = _Wanted(subjects)
        with self._remembering:
            self._wanted.append(wanted)
        with self._making:
            # Who waited for the lock may have been served by the one who held it.
            if not wanted.done:
                self._make_wanted()
        if wanted.error is not None:
            raise type(wanted.error)(*wanted.error.args, **wanted.error.facts) from wanted.error
        return self.get(subjects)

    def _make_wanted(self) -> None:
        with self._remembering:
            served, self._wanted = self._wanted, []
        try:
            self._make({subject for wanted in served for subject in wanted.subjects})
        except DeskError as error:
            for wanted in served:
                wanted.error = error
        finally:
            for wanted in served:
                wanted.done = True

    def _make(self, subjects: Collection[str]) -> None:
        with self._store.writing() as connection:
            # Another process may have been first.
            found = self._store.subject_keys(connection, subjects)
            missing = [subject for subject in subjects if subject not in found]
            keys = [self._store.wrapped(self._token_bytes(_KEY_BYTES)) for _ in missing]
            file.add_subject_keys(
                connection,
                [(subject, *key) for subject, key in zip(missing, keys, strict=True)],
            )
            found = self._store.subject_keys(connection, subjects)
        self._remember(found)
