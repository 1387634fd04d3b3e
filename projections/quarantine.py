"""Records that could not be read, and the later ones of their streams: kept with their bytes."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from deskledger.eventlog.lane import EFFECTIVE
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.sql import section
from deskledger.projections.staging import ParkedRecord

_SCHEMA = pa.schema(
    [
        ("lane", pa.int64()),
        ("record", pa.int64()),
        ("stream", pa.string()),
        ("number", pa.int64()),
        ("version", pa.int64()),
        ("sequence", pa.int64()),
        ("lane_time", pa.int64()),
        ("value", pa.binary()),
        ("error", pa.string()),
    ]
)


def park(connection: duckdb.DuckDBPyConnection, aside: Sequence[ParkedRecord]) -> None:
    """Sets records aside."""
    rows = [
        (
            record.lane,
            record.record,
            record.stream,
            record.number,
            record.version,
            record.sequence,
            record.lane_time,
            record.value,
            error,
        )
        for record, error in aside
    ]
    arrays = [
        pa.array(column, kind)
        for column, kind in zip(zip(*rows, strict=True), _SCHEMA.types, strict=True)
    ]
    connection.register("staged_quarantine", pa.Table.from_arrays(arrays, schema=_SCHEMA))
    connection.execute(section("progress", "park"))


def parked_streams(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The streams of which records are set aside."""
    rows = connection.execute(section("progress", "parked_streams"))
    return {stream for (stream,) in rows.fetchall()}


def parked_records(connection: duckdb.DuckDBPyConnection, stream: str) -> list[StoredRecord]:
    """The records of a parked stream, in order."""
    rows = connection.execute(section("progress", "parked_records"), {"stream": stream})
    return [
        StoredRecord(
            lane=lane,
            record=record,
            stream=stream,
            value=value,
            verdict=EFFECTIVE,
            sequence=sequence,
            version=version,
            lane_time=lane_time,
            lane_hash=b"",
            number=number,
        )
        for lane, record, number, version, sequence, lane_time, value in rows.fetchall()
    ]


def unpark(connection: duckdb.DuckDBPyConnection, stream: str) -> None:
    """Forgets the records of a stream, because they are being applied."""
    connection.execute(section("progress", "unpark"), {"stream": stream})
