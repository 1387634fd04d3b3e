"""An exported lane as Parquet: the same records as its lines, and what their envelopes say.

The columns of a line are the record, byte for byte; the others are read out of commits for those
who ask with SQL, and nothing rests on them.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.files.whole_file import HashedFile
from deskledger.eventlog.instants import microseconds, parse_instant
from deskledger.eventlog.strict_json import INTEGER_MAX, Malformed, is_integer
from deskledger.replay.export.lane_lines import LaneHeader, LaneLine, header_line

_DAMAGE = (pa.ArrowException, OSError, KeyError, ValueError)
HEADER_NAME = b"deskledger"
ROWS_PER_STEP = 2_000
# Rows that a reader must take at once; as many as there are, as values are about a kilobyte.
ROWS_PER_GROUP = 50_000

_INSTANT = pa.timestamp("us", tz="UTC")
_RECORD = [
    ("record", pa.int64()),
    ("lane_time", _INSTANT),
    ("verdict", pa.string()),
    ("hash", pa.binary()),
    ("key", pa.binary()),
    ("value", pa.binary()),
    ("timestamp", pa.int64()),
]
_ENVELOPE: list[tuple[str, pa.DataType, tuple[str, ...]]] = [
    ("stream", pa.string(), ("stream",)),
    ("version", pa.int64(), ("version",)),
    ("commit", pa.string(), ("commit",)),
    ("recorded_at", _INSTANT, ("recorded_at",)),
    ("command_id", pa.string(), ("command", "id")),
    ("command_type", pa.string(), ("command", "type")),
    ("actor_kind", pa.string(), ("actor", "kind")),
    ("actor_id", pa.string(), ("actor", "id")),
    ("on_behalf_of_kind", pa.string(), ("on_behalf_of", "kind")),
    ("on_behalf_of_id", pa.string(), ("on_behalf_of", "id")),
    ("source_surface", pa.string(), ("source", "surface")),
    ("source_id", pa.string(), ("source", "id")),
    ("correlation", pa.string(), ("correlation",)),
    ("cause_stream", pa.string(), ("cause", "stream")),
    ("cause_version", pa.int64(), ("cause", "version")),
    ("software", pa.string(), ("software",)),
]
_EVENTS = [("events", pa.int32()), ("event_types", pa.list_(pa.string()))]
SCHEMA = pa.schema([*_RECORD, *((name, kind) for name, kind, _ in _ENVELOPE), *_EVENTS])


def write_parquet(
    output: HashedFile, header: LaneHeader, steps: Iterable[Sequence[LaneLine]]
) -> None:
    """Writes a lane; the first line of its other form stands in the file's own metadata.

    Raises:
        OSError: it cannot be written.
    """
    schema = SCHEMA.with_metadata({HEADER_NAME: header_line(header)})
    options = {"compression": "zstd", "write_page_checksum": True}
    with pq.ParquetWriter(output, schema, **options) as writer:
        waiting: list[pa.RecordBatch] = []
        for step in steps:
            waiting.append(_batch(step, schema))
            if len(waiting) * ROWS_PER_STEP >= ROWS_PER_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting = []
        writer.write_table(pa.Table.from_batches(waiting, schema))


def stated_header(path: Path) -> bytes:
    """The first line that a lane would have in its other form.

    Raises:
        ForeignFile: it is no Parquet file, or none of a lane.
        OSError: it cannot be read.
    """
    try:
        metadata = pq.read_schema(path).metadata or {}
    except _DAMAGE as problem:
        _check_damage(problem)
        told = "The file is damaged, or no Parquet."
        raise ForeignFile(told, reason=_line_of(problem)) from problem
    return bytes(metadata.get(HEADER_NAME, b""))


def parquet_steps(path: Path) -> Iterator[Sequence[LaneLine | Malformed]]:
    """The records of a lane, up to what cannot be read.

    Raises:
        OSError: the file cannot be read at all.
    """
    names = [name for name, _ in _RECORD]
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(ROWS_PER_STEP, columns=names):
                yield _lines(batch)
    except _DAMAGE as problem:
        _check_damage(problem)
        yield [Malformed(_line_of(problem))]


def _check_damage(problem: Exception) -> None:
    """Lets what the system says of a file rise: Arrow uses the same class for damage."""
    if isinstance(problem, OSError) and problem.errno is not None:
        raise problem


def _line_of(problem: Exception) -> str:
    return next(iter(str(problem).splitlines()), type(problem).__name__)


def _lines(batch: pa.RecordBatch) -> list[LaneLine | Malformed]:
    if batch.schema != SCHEMA.empty_table().select(batch.schema.names).schema:
        return [Malformed("other columns than a lane has")]
    columns = [
        (batch.column(name).cast(pa.int64()) if kind == _INSTANT else batch.column(name))
        for name, kind in _RECORD
    ]
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [_line(row) for row in rows]


def _line(row: tuple[Any, ...]) -> LaneLine | Malformed:
    for name, value in zip(LaneLine._fields[:4], row, strict=False):
        if value is None:
            return Malformed(name)
    return LaneLine._make(row)


def _batch(lines: Sequence[LaneLine], schema: pa.Schema) -> pa.RecordBatch:
    bodies = [_body(line) for line in lines]
    columns = [
        *(list(column) for column in zip(*lines, strict=True)),
        *([_stated(body, path, kind) for body in bodies] for _, kind, path in _ENVELOPE),
        *zip(*map(_events, bodies), strict=True),
    ]
    columns[6] = [None if told is None else min(told, INTEGER_MAX) for told in columns[6]]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _body(line: LaneLine) -> dict[str, Any]:
    """What a commit says, whether it came to be effective or not; nothing for other values."""
    try:
        body = orjson.loads(line.value or b"")
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) and "stream" in body else {}


def _stated(body: dict[str, Any], path: tuple[str, ...], kind: pa.DataType) -> Any:
    """A value as its column takes it; None where nobody has judged what stands there."""
    found: Any = body
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if kind == pa.int64():
        return found if is_integer(found, 0) else None
    if not isinstance(found, str):
        return None
    return _instant(found) if kind == _INSTANT else found


def _instant(text: str) -> int | None:
    try:
        return microseconds(parse_instant(text))
    except InvalidInput:
        return None


def _events(body: dict[str, Any]) -> tuple[int | None, list[str | None] | None]:
    """How many events a commit has, and their types."""
    events = body.get("events")
    if not isinstance(events, list):
        return None, None
    types = [event.get("type") if isinstance(event, dict) else None for event in events]
    return len(events), [told if isinstance(told, str) else None for told in types]
