"""The relations that staging hands to DuckDB, as Arrow columns.

`batch` has one row per event of a ticket, `batch_other` per event of any other stream; both are
`EVENT` and `COMMIT` side by side. `batch_contact` has one row per message, reply, note or call:
`CONTACT` and some columns of its event. The two relations of personal values stand alone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
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
of_the_event: Callable[[tuple[Any, ...]], tuple[Any, ...]] = itemgetter(
    *map(BATCH.get_field_index, _OF_THE_EVENT)
)
"""What a contact takes from the row of `BATCH` of its event."""

# Made once: so many empty columns cost as much as some rows.
_EMPTY = {
    schema: pa.RecordBatch.from_arrays([pa.array([], kind) for kind in schema.types], schema=schema)
    for schema in (BATCH, BATCH_CONTACT, PERSONAL, CONTACT_PERSONAL)
}


def record_batch(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    """The rows as columns.

    Raises:
        ValueError, TypeError, pa.ArrowException: a value is not of its column's type.
    """
    if not rows:
        return _EMPTY[schema]
    arrays = [
        _array(column, kind)
        for column, kind in zip(zip(*rows, strict=True), schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(column: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind == _INSTANT:
        # Arrow would read the texts in a seventh of the time, but its functions are 15 MiB more.
        return pa.array([None if text is None else _instant(text) for text in column], kind)
    return pa.array(column, kind)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant
