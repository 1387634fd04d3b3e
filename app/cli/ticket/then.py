"""One ticket as the desk knew it at a point in the past, beside what is known now about then."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.domain.events import Event
from deskledger.domain.streams import stream_type
from deskledger.eventlog.commit import commit_hash, read_commit
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.writing.streams import Loaded
from deskledger.replay.as_of.past import Past


class Then(NamedTuple):
    """A stream at a point in the past.

    Attributes:
        believed: as it was recorded then; None where nothing was.
        known: as it was then by all that is recorded now; None where it had not begun.
    """

    believed: Loaded | None
    known: Loaded | None


def then(session: Session, stream: str, past: Past) -> Then:
    """What the desk believed of a stream, and what it knows now about the same time.

    Raises:
        InvalidInput: it had not begun, by either.
    """
    records = session.desk.ledger.history(stream)
    bound = past.progress[records[0].lane].records
    believed = _folded(session, stream, [one for one in records if one.record <= bound])
    known = _folded(session, stream, records, lambda event: event.occurred_at <= past.at)
    if believed is None and known is None:
        told = "The ticket had not begun by then; name a later time."
        raise InvalidInput(told, stream=stream, at=past.at.isoformat())
    return Then(believed, known)


def differing(believed: dict[str, Any], known: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is known otherwise now: names with the value believed then, and that known now."""
    return {
        name: (value, known.get(name))
        for name, value in believed.items()
        if name not in _OF_RECORDING and value != known.get(name)
    }


# These say how much was recorded, not how things stood.
_OF_RECORDING = frozenset({"version", "latest_at"})


def _folded(
    session: Session,
    stream: str,
    records: Sequence[StoredRecord],
    holds: Callable[[Event], bool] = lambda _: True,
) -> Loaded | None:
    streams, kind = session.desk.writer.streams, stream_type(stream)
    commits = [read_commit(record.value) for record in records]
    state, last = None, 0
    for version, event in streams.events(kind, commits):
        if holds(event):
            state, last = kind.evolve(state, event, version), version
    if state is None:
        return None
    commands = {commit.envelope.command_id for commit in commits}
    head = commit_hash(records[-1].value)
    return Loaded(stream, kind, state, last, head, records[-1].number, commands)
