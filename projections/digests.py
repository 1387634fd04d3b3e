"""Tables compared: digests that do not depend on the order of rows, and rows in order of keys."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from deskledger.projections.sql import section
from deskledger.projections.store import ProjectionStore

KEYS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("number",),
    "ticket_personal": ("number",),
    "ticket_event": ("ticket", "version"),
    "ticket_event_personal": ("ticket", "version"),
    "interaction": ("ticket", "version"),
    "interaction_personal": ("ticket", "version"),
    "status_span": ("ticket", "version"),
    "status_span_ended": ("ticket", "version"),
    "ownership_span": ("ticket", "version"),
    "ownership_span_ended": ("ticket", "version"),
    "queue_entry": ("number",),
    "ticket_reference": ("number", "system", "kind", "id"),
    "refusal": ("stream", "version"),
    "stream_event": ("stream", "version"),
    "stream_event_personal": ("noun", "number", "version"),
    "customer": ("number",),
    "customer_personal": ("number",),
    "customer_reference": ("number", "system", "kind", "id"),
    "agent": ("number",),
    "agent_personal": ("number",),
    "agent_group": ("number",),
    "group_member": ("group_number", "agent_id"),
    "progress": ("lane",),
    "quarantine": ("lane", "record"),
}
"""What names a row in each table that follows from the ledger."""

_ROWS_AT_ONCE = 2_000


class Digest(NamedTuple):
    """How many rows a table has, and two sums over the hashes of its rows."""

    rows: int
    sum: int
    xor: int


def digest(store: ProjectionStore, table: str) -> Digest:
    """The digest of a table; equal rows in whichever order give equal digests."""
    with store.reading() as connection:
        asked = section("schema", "digest").format(table=table)
        ((rows, total, xor),) = connection.execute(asked).fetchall()
    return Digest(int(rows), int(total), int(xor))


def columns(store: ProjectionStore, table: str) -> list[str]:
    """The names of a table's columns, in order."""
    with store.reading() as connection:
        found = connection.execute(section("schema", "columns")).fetchall()
    return [column for name, column, *_ in found if name == table]


def keyed_rows(store: ProjectionStore, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table in the order of its key."""
    with store.reading() as connection:
        key = ", ".join(KEYS[table])
        answer = connection.execute(section("schema", "rows").format(table=table, key=key))
        while some := answer.fetchmany(_ROWS_AT_ONCE):
            yield from some
