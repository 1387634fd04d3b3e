"""The one key of each subject: looked up, or made when its first value is sealed."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Lock

from deskledger.domain.errors import DeskError
from deskledger.eventlog.vault.sealed_value import DataKey
from deskledger.eventlog.vault.store import VaultStore

REMEMBERED_MAX = 20_000
_KEY_BYTES = 32


class _Wanted:
    """The subjects that one caller asks for, and in the end their keys, or why there are none."""

    __slots__ = ("error", "found", "subjects")

    def __init__(self, subjects: Collection[str]) -> None:
        self.subjects = subjects
        self.found: dict[str, DataKey] | None = None
        self.error: DeskError | None = None

    def answer(self) -> dict[str, DataKey] | None:
        """The keys if they were found; None if nobody has looked yet."""
        if self.error is not None:
            # An exception object belongs to one thread: each caller raises its own.
            raise type(self.error)(*self.error.args, **self.error.facts) from self.error
        return self.found


class SubjectKeys:
    """The keys of subjects, the recently used ones remembered.

    New ones cost a durable write; callers who need some at the same time share it.
    """

    def __init__(self, store: VaultStore, token_bytes: Callable[[int], bytes]) -> None:
        self._store = store
        self._token_bytes = token_bytes
        self._remembering, self._serving = Lock(), Lock()
        self._remembered: OrderedDict[str, DataKey] = OrderedDict()
        self._wanted: list[_Wanted] = []

    def get(self, subjects: Collection[str]) -> dict[str, DataKey]:
        """The key of each subject.

        Raises:
            Unavailable: a new key could not be stored.
            WrongDeskKey: another process changed the desk key.
        """
        with self._remembering:
            found = {}
            for subject in subjects:
                key = self._remembered.get(subject)
                if key is not None:
                    self._remembered.move_to_end(subject)
                    found[subject] = key
            if len(found) == len(subjects):
                return found
            wanted = _Wanted([subject for subject in subjects if subject not in found])
            self._wanted.append(wanted)
        return found | self._served(wanted)

    @contextmanager
    def without(self, subjects: Collection[str]) -> Iterator[None]:
        """Remembers the keys of some subjects no longer, which the block destroys.

        Nobody looks a key up meanwhile: one that is found now would be remembered for ever.
        """
        with self._serving:
            try:
                yield
            finally:
                with self._remembering:
                    for subject in subjects:
                        self._remembered.pop(subject, None)

    def _served(self, wanted: _Wanted) -> dict[str, DataKey]:
        with self._serving:
            # Who waited for the lock may have been served by the one who held it.
            while (found := wanted.answer()) is None:
                self._serve()
        return found

    def _serve(self) -> None:
        """Looks up or makes all keys that anybody waits for."""
        with self._remembering:
            served, self._wanted = self._wanted, []
        try:
            keys = self._find({subject for wanted in served for subject in wanted.subjects})
        except DeskError as error:
            for wanted in served:
                wanted.error = error
            return
        except BaseException:
            # An interrupt is this caller's alone; the next one serves the others.
            with self._remembering:
                self._wanted = served + self._wanted
            raise
        with self._remembering:
            self._remembered.update(keys)
            while len(self._remembered) > REMEMBERED_MAX:
                self._remembered.popitem(last=False)
        for wanted in served:
            wanted.found = {subject: keys[subject] for subject in wanted.subjects}

    def _find(self, subjects: Collection[str]) -> dict[str, DataKey]:
        found = self._store.subject_keys(subjects)
        fresh = {
            subject: self._token_bytes(_KEY_BYTES) for subject in subjects if subject not in found
        }
        return found | self._store.make_subject_keys(fresh) if fresh else found
