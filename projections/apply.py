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
    frozenset({"TicketClassified", "TicketPrioritised"}): "class",
    frozenset({"TagsChanged"}): "tags",
    _FIELDS: "fields",
}
_OPENINGS = frozenset({"TicketOpened"})
_REFERENCES = frozenset({"ReferencesChanged"})
_ANSWER = "CommandAnswered"
_TABLES = {"customer": "customer", "agent": "agent", "group": "agent_group"}


def apply(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Applies the relations of the batch, inside a transaction.

    Those that have rows are registered by name.
    """
    if "ticket" in staged.nouns:
        connection.execute(section("ticket_feed", "apply"))
        late = connection.execute(section("ticket_feed", "late")).fetchone() is not None
        for question, name in _about_tickets(staged, late=late):
            connection.execute(section(question, name))
    for question, name in _about_others(staged):
        connection.execute(section(question, name))


def _about_tickets(staged: Staged, *, late: bool) -> Iterator[tuple[str, str]]:
    """What is to be run, as file and part; `late` brings events of any type from further back."""

    def about(types: frozenset[str]) -> bool:
        return late or not types.isdisjoint(staged.types)

    yield "ticket_event", "apply"
    yield "ticket_feed", "feed"
    yield from [("ticket_feed", "feed_late")] if late else []
    yield "ticket", "apply"
    parts = [part for types, part in _PARTS_OF_A_TICKET.items() if about(types)]
    yield from (("ticket", f"apply_{part}") for part in parts)
    yield from [("ticket", "forget_late")] if late else []
    yield "ticket", "replace"
    yield from (("ticket", f"replace_{part}") for part in parts)
    for spans in ("status_span", "ownership_span"):
        yield from [(spans, "apply_late")] if late else []
        yield spans, "apply"
    if about(_OPENINGS | _REFERENCES):
        yield "ticket_reference", "replace" if about(_REFERENCES) else "apply"
    if staged.has("batch_contact"):
        yield "interaction", "apply"
    if staged.has("batch_contact_personal"):
        yield "interaction", "apply_personal"
    if staged.has("batch_personal"):
        yield "ticket_event", "apply_personal"
        yield from _about_persons(late=late, fields=about(_FIELDS))


def _about_persons(*, late: bool, fields: bool) -> Iterator[tuple[str, str]]:
    if not fields:
        # Nothing but openings: there is nothing to merge with.
        yield "ticket_personal", "apply"
        return
    yield "ticket_personal", "changes"
    yield from [("ticket_personal", "changes_late")] if late else []
    yield "ticket_personal", "replace"


def _about_others(staged: Staged) -> Iterator[tuple[str, str]]:
    if staged.has("batch_other"):
        yield "stream_event", "apply"
    if staged.has("batch_other_personal"):
        yield "stream_event", "apply_personal"
    if not staged.merged.isdisjoint(_TABLES):
        yield "stream_event", "feed"
    for noun, question in _TABLES.items():
        if noun in staged.merged:
            yield question, "apply"
        elif noun in staged.nouns:
            yield question, "apply_begun"
            if staged.has("batch_other_personal"):
                yield question, "apply_begun_personal"
    if _ANSWER in staged.types:
        yield from [("refusal", "apply")] if staged.has("batch") else []
        yield from [("refusal", "apply_other")] if staged.has("batch_other") else []
