"""Where the events of one `app/` stream stand, as its index has them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import orjson

from deskledger.eventlog.eventsourcing.index_file import INDEX, index_errors, open_index
from deskledger.eventlog.strict_json import INTEGER_MAX

_NO_LIMIT = -1

_TAKEN = """
SELECT event.originator_version
FROM originator JOIN event ON event.originator = originator.key
WHERE originator.stream = ? AND originator.id = ?
  AND event.originator_version IN (SELECT value FROM json_each(?))
"""
_OF_ORIGINATOR = """
SELECT event.notification, event.record
FROM originator JOIN event ON event.originator = originator.key
WHERE originator.stream = ? AND originator.id = ?
  AND event.originator_version > ? AND event.originator_version <= ?
ORDER BY event.originator_version
"""
_BY_ID = """
SELECT notification, record FROM event
WHERE stream = ? AND notification >= ? AND notification <= ?
ORDER BY notification LIMIT ?
"""
_BY_TOPIC = """
SELECT notification, record FROM event
WHERE stream = ? AND notification >= ? AND notification <= ?
  AND topic IN (SELECT topic.key FROM topic JOIN json_each(?) AS asked ON asked.value = topic.name)
ORDER BY notification LIMIT ?
"""
_TRACKED = "SELECT notification FROM tracking WHERE stream = ? AND application = ?"
_LAST = "SELECT max(notification) FROM event WHERE stream = ?"


class Place(NamedTuple):
    """Where an event stands: its version in the stream, and the number of its lane's record."""

    notification: int
    record: int


class Places:
    """Finds the events of one stream by originator and by notification id; for any thread."""

    def __init__(self, directory: Path, desk: str, deadline_seconds: float) -> None:
        """The index lies in `directory`; its file is waited for until the deadline."""
        self._path = directory / INDEX.name
        self._connection = open_index(directory, desk, deadline_seconds)
        self._lock = RLock()
        # The stream's key in the file.
        self._key = 0

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def tracked(self, application: str) -> int | None:
        """The highest notification id that is tracked of an upstream application."""
        rows = self._rows(_TRACKED, (self._key, application))
        return rows[0][0] if rows else None

    def taken(self, originator: str, versions: Iterable[int]) -> list[int]:
        """Which of these versions of an originator are recorded already."""
        rows = self._rows(_TAKEN, (self._key, originator, json_list(versions)))
        return [version for (version,) in rows]

    def of_originator(
        self,
        originator: str,
        *,
        above: int | None = None,
        up_to: int | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[Place]:
        """Where an originator's events stand, by version."""
        lowest = -INTEGER_MAX - 1 if above is None else above
        highest = INTEGER_MAX if up_to is None else up_to
        query = f"{_OF_ORIGINATOR} {'DESC' if descending else 'ASC'} LIMIT ?"
        most = _NO_LIMIT if limit is None else limit
        rows = self._rows(query, (self._key, originator, lowest, highest, most))
        return list(map(Place._make, rows))

    def of_ids(
        self, first: int, last: int | None, topics: Sequence[str], limit: int
    ) -> list[Place]:
        """Where the events with ids from `first` to `last` stand, by id; no topic means any."""
        asked: list[object] = [self._key, first, INTEGER_MAX if last is None else last]
        if topics:
            asked.append(json_list(topics))
        rows = self._rows(_BY_TOPIC if topics else _BY_ID, (*asked, limit))
        return list(map(Place._make, rows))

    def last_id(self) -> int | None:
        """The highest notification id, None before the first event."""
        found: int | None = self._rows(_LAST, (self._key,))[0][0]
        return found

    def _rows(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock, index_errors(self._path):
            return self._connection.execute(query, parameters).fetchall()


def json_list(values: Iterable[object]) -> str:
    """Values as one parameter of a statement."""
    return orjson.dumps(list(values)).decode()
