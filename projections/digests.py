"""Tables compared: digests that do not depend on the order of rows, and rows in order of keys."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple

from deskledger.domain.errors import InvalidInput
from deskledger.projections.question import Asked, Connection, Moment, Question
from deskledger.projections.sql import section

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
    "episode": ("ticket", "episode"),
    "standing_span": ("ticket", "version"),
    "standing_span_ended": ("ticket", "version"),
    "first_response": ("ticket", "version"),
    "assignment": ("ticket", "version"),
    "clock": ("ticket", "metric", "instance"),
    "breach": ("ticket", "version"),
    "clock_mark": ("ticket", "version"),
    "queue_entry": ("number",),
    "ticket_reference": ("number", "system", "kind", "id"),
    "ticket_link": ("number", "relation", "ticket_id"),
    "ticket_participant": ("number", "role", "noun", "id"),
    "ticket_participant_personal": ("number", "id"),
    "refusal": ("stream", "version"),
    "stream_event": ("stream", "version"),
    "stream_event_personal": ("noun", "number", "version"),
    "customer": ("number",),
    "customer_survivor": ("customer_id",),
    "customer_timeline": ("about", "number", "version"),
    "customer_personal": ("number",),
    "customer_reference": ("number", "system", "kind", "id"),
    "agent": ("number",),
    "agent_personal": ("number",),
    "availability_change": ("agent_id", "month", "version"),
    "availability_span": ("agent_id", "began_at"),
    "agent_group": ("number",),
    "group_member": ("group_number", "agent_id", "began_at"),
    "configuration": ("kind", "id", "version"),
    "progress": ("lane",),
    "quarantine": ("lane", "record"),
}
"""What names a row in each table that follows from the ledger."""


class Digest(NamedTuple):
    """How many rows a table has, and two sums over the hashes of its rows, in decimal."""

    rows: int
    sum: str
    xor: str


@Question
def digest(connection: Connection, table: str) -> Digest:
    """The digest of a table; equal rows in whichever order give equal digests.

    Raises:
        InvalidInput: no such table follows from the ledger.
    """
    if table not in KEYS:
        raise InvalidInput(f"There is no table {table!r} to compare.", table=table)
    asked = section("schema", "digest").format(table=table)
    ((rows, total, xor),) = connection.execute(asked).fetchall()
    return Digest(int(rows), str(total), str(xor))


def ordered_rows(moment: Moment, table: str) -> AbstractContextManager[Asked]:
    """All rows of a table in the order of its key, values of persons included."""
    key = ", ".join(KEYS[table])
    asked = section("schema", "rows").format(table=table, key=key)
    return moment.ask(asked, personal=True)
