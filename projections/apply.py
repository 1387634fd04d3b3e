"""A micro-batch applied: the SQL of every table that it says something about, in order.

What a batch says nothing about is left out: planning a statement costs DuckDB about a millisecond,
as much as some hundred rows.
"""

from collections.abc import Iterator

import duckdb

from deskledger.projections.sql import section
from deskledger.projections.staging import Staged

_FIELDS = frozenset({"FieldsChanged"})
_PARTS_OF_A_TICKET = {
    frozenset({"TicketClassified", "TicketPrioritised"}): "apply_class",
    frozenset({"TagsChanged"}): "apply_tags",
    _FIELDS: "apply_fields",
}
_OPENINGS = frozenset({"TicketOpened"})
_REFERENCES = frozenset({"ReferencesChanged"})
_LINKS = frozenset({"LinksChanged"})
_CONTACTS = frozenset({"CustomerMessageReceived", "ReplySent", "NoteAdded", "CallLogged"})
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
        "TicketClassified",
        "TicketPrioritised",
        "ReplySent",
        "CallLogged",
    }
)
_ANSWERS = frozenset({"CommandAnswered"})
_TABLES = {
    "customer": "customer",
    "agent": "agent",
    "availability": "availability_span",
    "group": "agent_group",
}


def apply(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Applies the relations of the batch, which are registered by name, inside a transaction."""
    if "ticket" in staged.nouns:
        connection.execute(section("ticket_feed", "apply"))
        late = connection.execute(section("ticket_feed", "late")).fetchone() is not None
        for question, name in _about_tickets(staged, late=late):
            connection.execute(section(question, name))
    for question in _about_others(staged):
        connection.execute(section(question, "apply"))


def _about_tickets(staged: Staged, *, late: bool) -> Iterator[tuple[str, str]]:
    """What is to be run, as file and part; `late` brings events of any type from further back."""

    def about(types: frozenset[str]) -> bool:
        return late or not types.isdisjoint(staged.types)

    yield "ticket_event", "apply"
    yield "ticket_feed", "feed"
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
    if about(_LINKS):
        yield "ticket_link", "apply"
    if not _CONTACTS.isdisjoint(staged.types):
        yield "interaction", "apply"
    if staged.relations["batch_personal"].num_rows:
        yield "ticket_event", "apply_personal"
        yield from _about_persons(late=late, fields=about(_FIELDS))


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


def _about_others(staged: Staged) -> Iterator[str]:
    if staged.nouns - {"ticket"}:
        yield "stream_event"
    for noun, question in _TABLES.items():
        if noun in staged.nouns:
            yield question
    if not _ANSWERS.isdisjoint(staged.types):
        yield "refusal"
