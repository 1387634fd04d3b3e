"""Questions to the tables that the desk itself asks, each with the progress it was answered at."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from deskledger.projections.question import Connection, Question
from deskledger.projections.sql import section
from deskledger.projections.views.reader import Reader, readable


class QueueEntry(NamedTuple):
    """A row of `queue_entry`; its columns are described there."""

    number: int
    queue: str
    group_id: str | None
    agent_id: str | None
    status: str
    workable: bool
    band: int
    next_due_at: datetime | None
    waiting_since: datetime
    opened_at: datetime
    channel: str
    type: str | None
    tier: str | None
    priority: str | None
    customer_id: str | None
    waits_until: datetime | None


class QueuePlace(NamedTuple):
    """A place in the default order, by which a later page goes on; the values of an entry."""

    band: int
    next_due_at: datetime | None
    waiting_since: datetime
    number: int


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which entries are asked for; None does not narrow."""

    queue: str | None = None
    group_id: str | None = None
    agent_id: str | None = None
    workable: bool | None = None


class QueuePage(NamedTuple):
    """Some entries in the default order, and how many there are on all pages."""

    entries: list[QueueEntry]
    total: int


class HistoryEntry(NamedTuple):
    """A row of `ticket_event`, with its personal values where they were asked for.

    `before`, `after` and `detail` are objects; `text` is that of a contact. Personal values stand
    in `before` and `after` as null, or in their place where they were asked for.
    """

    version: int
    lane: int
    sequence: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    late: bool
    actor_kind: str
    actor_id: str
    on_behalf_of_kind: str | None
    on_behalf_of_id: str | None
    acting_agent_id: str | None
    cause_stream: str | None
    cause_version: int | None
    decided_by_kind: str | None
    decided_by_id: str | None
    decided_by_version: int | None
    source_surface: str
    source_id: str
    command_type: str
    interaction_id: str | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    detail: dict[str, Any] | None
    personal: bool
    text: str | None = None


@Question
def queue_page(
    connection: Connection,
    asked: QueueFilter,
    *,
    reader: Reader | None = None,
    after: QueueEntry | QueuePlace | None = None,
    size: int = 50,
) -> QueuePage:
    """The entries behind `after` in the default order, at most `size`.

    The order is total and the cursor is an entry or its place, so that pages neither overlap nor
    leave out anything that stays where it is.

    Args:
        connection: inside a transaction.
        asked: which entries.
        reader: who looks; what they may not see is in no page and no count. None is the desk
            itself, which sees everything.
        after: where the page begins.
        size: how many at most.
    """
    rows_of = readable(reader)
    narrowed = {**asdict(asked), **rows_of.parameters}
    cursor = {
        "after_band": after and after.band,
        "after_due_at": after and after.next_due_at,
        "after_waiting_since": after and after.waiting_since,
        "after_number": after and after.number,
        "size": size,
    }
    page = section("queue_entry", "page").format(readable=rows_of.condition)
    rows = connection.execute(page, {**narrowed, **cursor}).fetchall()
    count = section("queue_entry", "count").format(readable=rows_of.condition)
    ((total,),) = connection.execute(count, narrowed).fetchall()
    return QueuePage([QueueEntry(*row) for row in rows], total)


@Question
def oldest_open(connection: Connection, size: int = 10) -> list[QueueEntry]:
    """The unsettled tickets that were opened first, oldest first."""
    rows = connection.execute(section("queue_entry", "oldest"), {"size": size}).fetchall()
    return [QueueEntry(*row) for row in rows]


@Question
def status_counts(connection: Connection) -> dict[str, int]:
    """How many tickets are in each status."""
    return dict(connection.execute(section("ticket", "counts")).fetchall())


@Question
def ticket_history(
    connection: Connection, number: int, *, personal: bool = False
) -> list[HistoryEntry]:
    """What happened to a ticket, in the order in which it happened; empty for no such ticket.

    Args:
        connection: where to look.
        number: the ticket's number.
        personal: whether to show personal values.
    """
    asked = {"number": number}
    rows = connection.execute(section("ticket_event", "history"), asked).fetchall()
    entries = {row[0]: _entry(row) for row in rows}
    if personal:
        _show_personal(connection, entries, asked)
    return list(entries.values())


@Question
def find_tickets(connection: Connection, reference: str) -> list[int]:
    """Numbers of the tickets that have a reference with this id in whichever system."""
    rows = connection.execute(section("ticket_reference", "find"), {"id": reference}).fetchall()
    return [number for (number,) in rows]


@Question
def parked(connection: Connection) -> list[str]:
    """The streams that are set aside because they could not be read, in order."""
    rows = connection.execute(section("progress", "parked_streams")).fetchall()
    return [stream for (stream,) in rows]


def _entry(row: tuple[Any, ...]) -> HistoryEntry:
    entry = HistoryEntry(*row)
    return entry._replace(before=_object(row[22]), after=_object(row[23]), detail=_object(row[24]))


def _show_personal(
    connection: Connection,
    entries: dict[int, HistoryEntry],
    asked: dict[str, int],
) -> None:
    values = connection.execute(section("ticket_event", "history_personal"), asked).fetchall()
    for version, before, after in values:
        entry = entries[version]
        entries[version] = entry._replace(
            before=_merged(entry.before, _object(before)),
            after=_merged(entry.after, _object(after)),
        )
    texts = connection.execute(section("interaction", "texts"), asked).fetchall()
    for version, text, _ in texts:
        entries[version] = entries[version]._replace(text=text)


def _merged(plain: dict[str, Any] | None, personal: dict[str, Any] | None) -> dict[str, Any] | None:
    if not plain or not personal:
        return personal or plain
    merged = {**plain}
    for name, value in personal.items():
        inner = merged.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            merged[name] = {**inner, **value}
        else:
            merged[name] = value
    return merged


def _object(text: str | None) -> dict[str, Any] | None:
    return None if text is None else orjson.loads(text)
