"""A batch applied: the SQL of every table that it says something about, in order.

A batch comes in one piece or in several. What is only ever added, such as the audit trail, is
added piece by piece; the present of tickets, customers and so on is worked out once, at the end,
from the few columns that say what happened. So a rebuild works out each present seldom, and needs
no memory for a long batch's texts.

What a batch says nothing about is left out: planning a statement costs DuckDB about a millisecond,
as much as some hundred rows. For the same reason the tickets of a small batch are worked out by
`folding`, in place of the widest statements.
"""

from collections.abc import Iterator
from typing import get_args

import duckdb
import pyarrow as pa

from deskledger.domain.ticket.clock_events import AnyClockEvent
from deskledger.projections.folding.present import Folded, Folding
from deskledger.projections.sql import section
from deskledger.projections.staging import Staged

_CLOCKS = frozenset(each.__name__ for each in get_args(AnyClockEvent))
_FIELDS = frozenset({"FieldsChanged"})
_PARTS_OF_A_TICKET = {
    frozenset({"TicketClassified", "TicketPrioritised"}): "apply_class",
    frozenset({"TagsChanged"}): "apply_tags",
    frozenset({"TicketDueSet"}): "apply_due",
    frozenset({"TicketEscalated"}): "apply_escalation",
    frozenset({"ParticipantsChanged"}): "apply_requester",
    _FIELDS: "apply_fields",
    _CLOCKS: "apply_clocks",
}
_OPENINGS = frozenset({"TicketOpened"})
_REFERENCES = frozenset({"ReferencesChanged"})
_FURTHER = {
    frozenset({"LinksChanged"}): ("ticket_link", "apply"),
    frozenset({"ParticipantsChanged"}): ("ticket_participant", "apply"),
    frozenset({"InteractionRedacted"}): ("interaction", "redact"),
}
# What says how a ticket stands, and the contacts that are counted.
_STANDING = frozenset(
    {
        "TicketOpened",
        "TicketAssigned",
        "TicketActivated",
        "TicketPaused",
        "TicketSolved",
        "TicketReopened",
        "TicketClosed",
        "Merged",
        "TicketClassified",
        "TicketPrioritised",
        "ReplySent",
        "CallLogged",
    }
)
_VERSIONS = frozenset({"Published", "Withdrawn"})
_ANSWERS = frozenset({"CommandAnswered"})
_ADDED = {
    "batch": ("ticket_event", "add"),
    "batch_personal": ("ticket_event", "add_personal"),
    "batch_contact": ("interaction", "add"),
    "batch_contact_personal": ("interaction", "add_personal"),
    "batch_other": ("stream_event", "add"),
    "batch_other_personal": ("stream_event", "add_personal"),
}
"""What is added of each relation of a piece that has rows."""
# Of the statements about tickets' other tables the one that reads no feed.
_OPENED_PERSONS = ("ticket_personal", "apply")
_TABLES = {"customer": "customer", "agent": "agent", "group": "agent_group"}

_KEPT = {
    "feed_personal": "batch_personal",
    "feed_other": "batch_other",
    "feed_other_personal": "batch_other_personal",
}
"""The relations of all pieces together, by name, and of which relation of a piece."""

FOLDED_EVENTS_MAX = 1_000
"""Of a batch that `folding` works out; of more it would take about as long as DuckDB."""


class Batch:
    """One batch, applied through a connection inside a transaction."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folding: Folding, folded_events_max: int
    ) -> None:
        """Begins with nothing; `folded_events_max` says which batch is small."""
        self._connection = connection
        self._folding = folding
        self._folded_events_max = folded_events_max
        self._alone: Staged | None = None
        self._folded: Folded | None = None
        self._kept: dict[str, list[pa.Table]] = {name: [] for name in _KEPT}
        self._types: set[str] = set()
        self._nouns: set[str] = set()
        self._fed: set[str] = set()

    def add(self, piece: Staged) -> None:
        """Adds what is only ever added, and keeps what `finish` needs."""
        small = not self._types and piece.events <= self._folded_events_max
        self._feed_alone()
        self._add(piece)
        if "ticket" in piece.nouns:
            self._alone = piece if small else None
            if not small:
                self._feed("ticket_feed")
        if not _CLOCKS.isdisjoint(piece.types):
            self._feed("clock")
        for name, source in _KEPT.items():
            self._kept[name].append(piece.relations[source])
        self._types |= piece.types
        self._nouns |= piece.nouns

    def finish(self) -> None:
        """Works out what every touched thing is at present."""
        if "clock" in self._fed:
            # Each event is its clock's whole state as recorded: late facts change none of them.
            for name in ("apply", "apply_breaches", "apply_marks"):
                self._run("clock", name)
        if self._alone is not None:
            self._finish_alone(self._alone)
        elif "ticket_feed" in self._fed:
            self._finish_fed()
        if self._nouns - {"ticket"}:
            self._register_kept("feed_other", "feed_other_personal")
            self._run("stream_event", "apply")
        for noun, question in _TABLES.items():
            if noun in self._nouns:
                self._run(question, "apply")

    def keep(self) -> None:
        """Keeps in memory what a small batch wrote; after its transaction was committed."""
        if self._folded is not None:
            self._folding.keep(self._folded)

    def forget(self) -> None:
        """Lets go of what was worked out, which of a long batch is much; after its transaction."""
        for name in (*_ADDED, *_KEPT):
            self._connection.unregister(name)
        for (name,) in self._connection.execute(section("progress", "worked_out")).fetchall():
            self._connection.execute(f"DROP TABLE temp.{name}")

    def _add(self, piece: Staged) -> None:
        for name, added in _ADDED.items():
            if piece.relations[name].num_rows:
                self._connection.register(name, piece.relations[name])
                self._run(*added)
        if not _ANSWERS.isdisjoint(piece.types):
            for name in ("batch", "batch_other"):
                self._connection.register(name, piece.relations[name])
            self._run("refusal", "add")
        if not _VERSIONS.isdisjoint(piece.types):
            self._run("configuration", "add")
        if "availability" in piece.nouns:
            self._run("availability_span", "add")

    def _finish_alone(self, piece: Staged) -> None:
        """The tickets of a small batch; DuckDB works them out where they cannot be folded."""
        folded = self._folded = self._folding.folded(piece.relations["batch"])
        if folded is None:
            self._feed_alone()
            self._finish_fed()
            return
        further = list(self._about_further(late=False, references=folded.references))
        if any(part != _OPENED_PERSONS for part in further):
            self._feed_alone()
            self._run("ticket_feed", "apply")
        self._folding.write(folded, clocks="clock" in self._fed)
        if further:
            self._register_kept("feed_personal")
        for question, name in further:
            self._run(question, name)

    def _finish_fed(self) -> None:
        self._folding.forget()
        self._register_kept("feed_personal")
        self._run("ticket_feed", "apply")
        late = self._connection.execute(section("ticket_feed", "late")).fetchone() is not None
        for question, name in self._about_tickets(late=late):
            self._run(question, name)

    def _feed_alone(self) -> None:
        if self._alone is not None:
            self._feed("ticket_feed")
            self._alone = None

    def _feed(self, question: str) -> None:
        if question not in self._fed:
            self._fed.add(question)
            self._run(question, "begin")
        self._run(question, "add")

    def _register_kept(self, *names: str) -> None:
        for name in names:
            self._connection.register(name, pa.concat_tables(self._kept[name]))

    def _run(self, question: str, name: str) -> None:
        self._connection.execute(section(question, name))

    def _about(self, types: frozenset[str], *, late: bool) -> bool:
        return late or not types.isdisjoint(self._types)

    def _about_tickets(self, *, late: bool) -> Iterator[tuple[str, str]]:
        """What is to be run, as file and part; `late` brings events of any type from before."""
        yield from [("ticket_event", "mark_late")] if late else []
        yield from [("ticket_feed", "feed_late")] if late else []
        yield "ticket", "apply"
        for types, name in _PARTS_OF_A_TICKET.items():
            if self._about(types, late=late):
                yield "ticket", name
        yield "ticket", "replace"
        for spans in ("status_span", "ownership_span"):
            yield from [(spans, "apply_late")] if late else []
            yield spans, "apply"
        if self._about(_STANDING, late=late):
            yield from _about_standing(late=late)
        yield from self._about_further(late=late, references=self._about(_OPENINGS, late=late))

    def _about_further(self, *, late: bool, references: bool) -> Iterator[tuple[str, str]]:
        """Of these, what is about other tables than those of a ticket's life."""
        if self._about(_REFERENCES, late=late):
            yield "ticket_reference", "replace"
        elif references:
            yield "ticket_reference", "apply"
        for types, part in _FURTHER.items():
            if self._about(types, late=late):
                yield part
        if any(table.num_rows for table in self._kept["feed_personal"]):
            yield from _about_persons(late=late, fields=self._about(_FIELDS, late=late))


def _about_standing(*, late: bool) -> Iterator[tuple[str, str]]:
    yield "standing_feed", "apply"
    for question in ("standing_span", "first_response", "handover", "episode"):
        yield from [(question, "apply_late")] if late else []
        yield question, "apply"


def _about_persons(*, late: bool, fields: bool) -> Iterator[tuple[str, str]]:
    if not fields:
        # Nothing but openings: there is nothing to merge with.
        yield _OPENED_PERSONS
        return
    yield "ticket_personal", "changes"
    yield from [("ticket_personal", "changes_late")] if late else []
    yield "ticket_personal", "replace"
