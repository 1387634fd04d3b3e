"""The relations that staging hands to DuckDB, as Arrow columns.

`batch` has one row per event of a ticket, `batch_other` per event of any other stream; both are
`EVENT` and `COMMIT` side by side. `batch_contact` has one row per message, reply, note or call:
`CONTACT` and some columns of its event. The two relations of personal values stand alone.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

_JSON = {"ARROW:extension:name": "arrow.json", "ARROW:extension:metadata": ""}
_TEXT = pa.string()
_TEXTS = pa.list_(_TEXT)
_WHOLE = pa.int64()
_FLAG = pa.bool_()
_INSTANT = pa.timestamp("us", "UTC")
_PARTY = pa.struct([("kind", _TEXT), ("id", _TEXT)])
_DECIDER = pa.struct([("kind", _TEXT), ("id", _TEXT), ("version", _WHOLE), ("confidence", _TEXT)])


def _json(name: str) -> pa.Field:
    return pa.field(name, _TEXT, metadata=_JSON)


COMMIT = pa.schema(
    [
        ("stream", _TEXT),
        ("number", _WHOLE),
        ("lane", _WHOLE),
        ("sequence_before", _WHOLE),  # the sequence of an event is this plus its version
        ("recorded_at", _INSTANT),
        ("actor_kind", _TEXT),
        ("actor_id", _TEXT),
        ("actor_version", _WHOLE),
        ("on_behalf_of_kind", _TEXT),
        ("on_behalf_of_id", _TEXT),
        ("source_surface", _TEXT),
        ("source_id", _TEXT),
        ("correlation", _TEXT),
        ("cause_stream", _TEXT),
        ("cause_version", _WHOLE),
        ("command", _TEXT),
        ("command_type", _TEXT),
    ]
)
EVENT = pa.schema(
    [
        ("version", _WHOLE),
        ("type", _TEXT),
        ("occurred_at", _INSTANT),
        ("decided_by", _DECIDER),
        ("interaction_id", _TEXT),
        ("contact", _TEXT),
        ("reason", _TEXT),
        _json("before"),
        _json("after"),
        _json("since"),
        _json("detail"),
        ("personal", _FLAG),
    ]
)
CONTACT = pa.schema(
    [
        ("opening", _FLAG),
        ("channel", _TEXT),
        ("inbox", _TEXT),
        ("direction", _TEXT),
        ("author", _PARTY),
        ("format", _TEXT),
        ("language", _TEXT),
        _json("attachments"),
        _json("used"),
        ("verified", _FLAG),
        ("mentions", _TEXTS),
        ("started_at", _INSTANT),
        ("ended_at", _INSTANT),
        ("waited_seconds", _WHOLE),
        ("answered", _FLAG),
        ("agent_id", _TEXT),
        ("voicemail", _FLAG),
    ]
)
PERSONAL = pa.schema(
    [
        ("stream", _TEXT),
        ("number", _WHOLE),
        ("version", _WHOLE),
        _json("before"),
        _json("after"),
    ]
)
CONTACT_PERSONAL = pa.schema(
    [
        ("number", _WHOLE),
        ("version", _WHOLE),
        ("text", _TEXT),
        ("sender", _TEXT),
        ("recipients", _TEXTS),
        ("cc", _TEXTS),
        _json("attachment_names"),
        ("erased", _TEXTS),
    ]
)
_OF_THE_EVENT = (
    "number",
    "version",
    "type",
    "occurred_at",
    "recorded_at",
    "interaction_id",
    "contact",
)

BATCH = pa.schema([*EVENT, *COMMIT])
BATCH_CONTACT = pa.schema([*CONTACT, *(BATCH.field(name) for name in _OF_THE_EVENT)])

# Made once: so many empty columns cost as much as some rows.
_EMPTY = {
    schema: pa.RecordBatch.from_arrays([pa.array([], kind) for kind in schema.types], schema=schema)
    for schema in (
        *(COMMIT, EVENT, CONTACT, PERSONAL, CONTACT_PERSONAL),
        *(BATCH, BATCH_CONTACT),
    )
}


def record_batch(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    """The rows as columns.

    Raises:
        pa.ArrowException: a value is not of its column's type.
    """
    if not rows:
        return _EMPTY[schema]
    arrays = [
        _array(column, kind)
        for column, kind in zip(zip(*rows, strict=True), schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def with_commits(
    events: pa.RecordBatch, commits: pa.RecordBatch, rows: Sequence[int]
) -> pa.RecordBatch:
    """The columns of `BATCH`: beside each event the row of its commit."""
    if not rows:
        return _EMPTY[BATCH]
    taken = commits.take(pa.array(rows, _WHOLE))
    return pa.RecordBatch.from_arrays(events.columns + taken.columns, schema=BATCH)


def with_events(
    contacts: pa.RecordBatch, batch: pa.RecordBatch, rows: Sequence[int]
) -> pa.RecordBatch:
    """The columns of `BATCH_CONTACT`: beside each contact what it takes from its event's row."""
    if not rows:
        return _EMPTY[BATCH_CONTACT]
    taken = batch.select(_OF_THE_EVENT).take(pa.array(rows, _WHOLE))
    return pa.RecordBatch.from_arrays(contacts.columns + taken.columns, schema=BATCH_CONTACT)


def types_of(batch: pa.RecordBatch) -> list[str]:
    """The types of the events, each once."""
    found: list[str] = batch.column("type").unique().to_pylist()
    return found


def _array(column: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind == _INSTANT:
        return pa.array(column, _TEXT).cast(_INSTANT)
    return pa.array(column, kind)
