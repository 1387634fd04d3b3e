"""A batch applied: the SQL of every table that it says something about, in order.

A batch comes in one piece or in several. What is only ever added, such as the audit trail, is
added piece by piece; the present of tickets, customers and so on is worked out once, at the end,
from the few columns that say what happened. So a rebuild works out each present seldom, and needs
no memory for a long batch's texts.

What a batch says nothing about is left out: planning a statement costs DuckDB about a millisecond,
as much as some hundred rows.
"""

from collections.abc import Iterator
from typing import get_args

import duckdb
import pyarrow as pa

from deskledger.domain.ticket.clock_events import AnyClockEvent
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
_TABLES = {"customer": "customer", "agent": "agent", "group": "agent_group"}

_KEPT = {
    "feed_personal": "batch_personal",
    "feed_other": "batch_other",
    "feed_other_personal": "batch_other_personal",
}
"""The relations of all pieces together, by name, and of which relation of a piece."""


class Batch:
    """One batch, applied through a connection inside a transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Begins with nothing."""
        self._connection = connection
        self._kept: dict[str, list[pa.Table]] = {name: [] for name in _KEPT}
        self._types: set[str] = set()
        self._nouns: set[str] = set()
        self._fed: set[str] = set()

    def add(self, piece: Staged) -> None:
        """Adds what is only ever added, and keeps what `finish` needs."""
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
        if "ticket" in piece.nouns:
            self._feed("ticket_feed")
        if not _CLOCKS.isdisjoint(piece.types):
            self._feed("clock")
        for name, source in _KEPT.items():
            self._kept[name].append(piece.relations[source])
        self._types |= piece.types
        self._nouns |= piece.nouns

    def finish(self) -> None:
        """Works out what every touched thing is at present."""
        for name, tables in self._kept.items():
            self._connection.register(name, pa.concat_tables(tables))
        if "clock" in self._fed:
            # Each event is its clock's whole state as recorded: late facts change none of them.
            for name in ("apply", "apply_breaches", "apply_marks"):
                self._run("clock", name)
        if "ticket_feed" in self._fed:
            self._run("ticket_feed", "apply")
            late = self._connection.execute(section("ticket_feed", "late")).fetchone() is not None
            for question, name in self._about_tickets(late=late):
                self._run(question, name)
        for question in self._about_others():
            self._run(question, "apply")

    def forget(self) -> None:
        """Lets go of what was worked out, which of a long batch is much; after its transaction."""
        for name in _ADDED:
            self._connection.unregister(name)
        for name in self._kept:
            self._connection.unregister(name)
        for (name,) in self._connection.execute(section("progress", "worked_out")).fetchall():
            self._connection.execute(f"DROP TABLE temp.{name}")

    def _feed(self, question: str) -> None:
        if question not in self._fed:
            self._fed.add(question)
            self._run(question, "begin")
        self._run(question, "add")

    def _run(self, question: str, name: str) -> None:
        self._connection.execute(section(question, name))

    def _about_tickets(self, *, late: bool) -> Iterator[tuple[str, str]]:
        """What is to be run, as file and part; `late` brings events of any type from before."""

        def about(types: frozenset[str]) -> bool:
            return late or not types.isdisjoint(self._types)

        yield from [("ticket_event", "mark_late")] if late else []
        yield from [("ticket_feed", "feed_late")] if late else []
        yield "ticket", "apply"
        for types, name in _PARTS_OF_A_TICKET.items():
            if about(types):
                yield "ticket", name
        yield "ticket", "replace"
        for spans in ("status_span", "ownership_span"):
            yield from [(spans, "apply_late")] if late else []
            yield spans, "apply"
        if about(_STANDING):
            yield from _about_standing(late=late)
        if about(_OPENINGS | _REFERENCES):
            yield "ticket_reference", "replace" if about(_REFERENCES) else "apply"
        for types, part in _FURTHER.items():
            if about(types):
                yield part
        if any(table.num_rows for table in self._kept["feed_personal"]):
            yield from _about_persons(late=late, fields=about(_FIELDS))

    def _about_others(self) -> Iterator[str]:
        if self._nouns - {"ticket"}:
            yield "stream_event"
        for noun, question in _TABLES.items():
            if noun in self._nouns:
                yield question


def _about_standing(*, late: bool) -> Iterator[tuple[str, str]]:
    yield "standing_feed", "apply"
    for question in ("standing_span", "first_response", "handover", "episode"):
        yield from [(question, "apply_late")] if late else []
        yield question, "apply"


def _about_persons(*, late: bool, fields: bool) -> Iterator[tuple[str, str]]:
    if not fields:
        # Nothing but openings: there is nothing to merge with.
        yield "ticket_personal", "apply"
        return
    yield "ticket_personal", "changes"
    yield from [("ticket_personal", "changes_late")] if late else []
    yield "ticket_personal", "replace"
