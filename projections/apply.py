"""A micro-batch applied: the SQL of every table that it says something about, in order.

What a batch says nothing about is left out: planning a statement costs DuckDB about a millisecond,
as much as some hundred rows.
"""

import duckdb

from deskledger.projections.sql import section
from deskledger.projections.staging import Staged

_CLASSES = frozenset({"TicketClassified", "TicketPrioritised"})
_TAGS = frozenset({"TagsChanged"})
_FIELDS = frozenset({"FieldsChanged"})
_REFERENCES = frozenset({"TicketOpened", "ReferencesChanged"})
_CONTACTS = frozenset({"CustomerMessageReceived", "ReplySent", "NoteAdded", "CallLogged"})
_ANSWERS = frozenset({"CommandAnswered"})
_TABLES = {"customer": "customer", "agent": "agent", "group": "agent_group"}


def apply(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Applies the relations of the batch, which are registered by name, inside a transaction."""

    def run(question: str, name: str = "apply") -> None:
        connection.execute(section(question, name))

    if "ticket" in staged.nouns:
        _apply_tickets(connection, staged)
    if staged.nouns != {"ticket"}:
        run("stream_event")
    for noun, question in _TABLES.items():
        if noun in staged.nouns:
            run(question)
    if staged.types & _ANSWERS:
        run("refusal")


def _apply_tickets(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    def run(question: str, name: str = "apply") -> None:
        connection.execute(section(question, name))

    run("ticket_feed")
    late = connection.execute(section("ticket_feed", "late")).fetchone() is not None

    def about(types: frozenset[str]) -> bool:
        # A ticket that is fed whole brings events of any type.
        return late or not types.isdisjoint(staged.types)

    run("ticket_event")
    run("ticket_feed", "feed")
    run("ticket")
    if about(_CLASSES):
        run("ticket", "apply_class")
    if about(_TAGS):
        run("ticket", "apply_tags")
    if about(_FIELDS):
        run("ticket", "apply_fields")
    run("ticket", "replace")
    run("status_span")
    run("ownership_span")
    run("queue_entry")
    if about(_REFERENCES):
        run("ticket_reference")
    if not staged.types.isdisjoint(_CONTACTS):
        run("interaction")
    if staged.relations["batch_personal"].num_rows:
        run("ticket_event", "apply_personal")
        run("ticket_personal")
