"""Events as anybody may read them: whole, but for the personal values, which are null.

Null is also what applications of the `eventsourcing` library have stored as their states: what
these hold, only the applications know.
"""

from collections.abc import Iterator
from typing import Any

from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.records import StoredRecord

_MARK = "$"
_ENVELOPE = ("type", "v", "occurred_at", "by")
_APPLICATIONS = "app/"


def public_events(record: StoredRecord) -> Iterator[dict[str, Any]]:
    """The events of a record's commit, each with its position, in the order of their versions.

    `previous` is the position of the lane's event before, null for the first: whoever finds a gap
    has lost something. A record that is not effective has none.
    """
    if record.version is None:
        return
    commit = read_commit(record.value)
    envelope = commit.envelope
    before = record.sequence - len(commit.events)
    hidden = {"state"} if commit.stream.startswith(_APPLICATIONS) else set()
    for index, event in enumerate(commit.events):
        sequence = before + index
        lane = record.lane
        yield {
            "position": {"lane": lane, "sequence": sequence + 1},
            "previous": {"lane": lane, "sequence": sequence} if sequence else None,
            "stream": commit.stream,
            "number": record.number,
            "version": commit.version + index,
            **{name: event[name] for name in _ENVELOPE},
            "recorded_at": commit.recorded_at,
            "actor": envelope.actor,
            "on_behalf_of": envelope.on_behalf_of,
            "source": envelope.source,
            "command": {"id": envelope.command_id, "type": envelope.command_type},
            "correlation": envelope.correlation,
            "cause": envelope.cause,
            "commit": commit.commit_id,
            "data": {
                name: None if name in hidden else _open(value)
                for name, value in event.items()
                if name not in _ENVELOPE
            },
        }


def _open(value: Any) -> Any:
    """The value with null for everything that is sealed."""
    if isinstance(value, dict):
        if any(name.startswith(_MARK) for name in value):
            return None
        return {name: _open(inner) for name, inner in value.items()}
    return [_open(inner) for inner in value] if isinstance(value, list) else value
