"""The usual commits on tickets, read as they are typed and without a dictionary for each object.

Ten types of events are nearly all of a ledger. A commit that holds nothing else, and whose events
have exactly their fields with values of the usual types, is read here; the decoder checks both.
`read_usual` gives None for every other commit, and the reader of dictionaries decides what it is:
whatever is read here it would read as well, and equally, which is a law that the tests try.
"""

from typing import Any

import msgspec

from deskledger.projections.usual.contacts import CustomerMessageReceived, NoteAdded, ReplySent
from deskledger.projections.usual.facts import (
    TicketActivated,
    TicketAssigned,
    TicketClosed,
    TicketOpened,
    TicketPaused,
    TicketReopened,
    TicketSolved,
)
from deskledger.projections.usual.shapes import Loose

UsualEvents = (
    TicketOpened
    | TicketAssigned
    | TicketActivated
    | TicketClosed
    | TicketPaused
    | TicketSolved
    | TicketReopened
    | CustomerMessageReceived
    | ReplySent
    | NoteAdded
)


class _Actor(Loose):
    kind: str
    id: str
    version: int | None = None


class _Person(Loose):
    kind: str
    id: str


class _Source(Loose):
    surface: str
    id: str


class _Cause(Loose):
    stream: str
    version: int


class _Command(Loose):
    id: str
    type: str


class UsualCommit(Loose):
    """What is looked at of a commit."""

    recorded_at: str
    command: _Command
    actor: _Actor
    on_behalf_of: _Person | None
    source: _Source
    correlation: str
    cause: _Cause | None
    events: list[UsualEvents]

    def row(self, stream: str, number: int, lane: int, sequence_before: int) -> tuple[Any, ...]:
        """The row of `columns.COMMIT`."""
        person, cause = self.on_behalf_of, self.cause
        return (
            stream,
            number,
            lane,
            sequence_before,
            self.recorded_at,
            self.actor.kind,
            self.actor.id,
            self.actor.version,
            *((None, None) if person is None else (person.kind, person.id)),
            self.source.surface,
            self.source.id,
            self.correlation,
            *((None, None) if cause is None else (cause.stream, cause.version)),
            self.command.id,
            self.command.type,
        )


USUAL = frozenset(each.__name__ for each in UsualEvents.__args__)
_DECODER = msgspec.json.Decoder(UsualCommit)


def read_usual(value: bytes, *, begins: bool) -> UsualCommit | None:
    """The commit, None if it is not a usual one.

    Args:
        value: the commit's bytes, which the judge has found effective.
        begins: whether it is the first of its stream.
    """
    try:
        commit = _DECODER.decode(value)
    except msgspec.DecodeError:
        return None
    for event in commit.events:
        if (event.__class__ is TicketOpened) != begins:
            return None
        begins = False
    return commit
