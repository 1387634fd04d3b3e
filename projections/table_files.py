"""Tables written to files for analysts: all of one moment, each as Parquet, and a DuckDB file.

It is a question like any other, so that the process that owns the tables can be asked it, too; only
that its answer is what was written.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import duckdb
import pyarrow as pa

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.files.whole_file import read_written, whole_file
from deskledger.projections.file import overflow_of
from deskledger.projections.question import Connection, Question
from deskledger.projections.schema import Table, needs_grant, tables
from deskledger.projections.sql import QUESTIONS, section, table_statements

DATABASE = "tables.duckdb"
ROWS_AT_ONCE = 50_000


class TableFile(NamedTuple):
    """A file that was written; `table` is None for one that holds several."""

    name: str
    table: str | None
    rows: int
    bytes: int
    sha256: str


@Question
def write_tables(connection: Connection, directory: str, personal: bool) -> list[TableFile]:  # noqa: FBT001 - told by name
    """Writes every table to a file of its own, and those without personal values to one together.

    Args:
        connection: inside a transaction, so that all files are of one moment.
        directory: an absolute path; nobody looks into it before all is there.
        personal: whether tables with values of persons are written, too; never to the file of
            several.

    Raises:
        Unavailable: the disk is full, or the directory cannot be written.
    """
    reader = cast("duckdb.DuckDBPyConnection", connection)
    place = Path(directory)
    asked = [table for table in tables() if table.name != "quarantine"]
    try:
        files = [
            _write_parquet(reader, place, table)
            for table in asked
            if personal or not needs_grant(table.name)
        ]
        files.append(_write_database(reader, place / DATABASE, asked))
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        told = f"{directory} cannot be written: {error}"
        raise Unavailable(told, directory=directory) from error
    return files


def _write_parquet(reader: duckdb.DuckDBPyConnection, place: Path, table: Table) -> TableFile:
    # Loaded when it is asked for: ten MiB that the owner of the tables has no other use for.
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    name, rows = f"{table.name}.parquet", 0
    with whole_file(place / name) as output, _batches(reader, table.name) as batches:
        schema = _described(batches.schema, table)
        with ParquetWriter(output, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
                rows += batch.num_rows
    return TableFile(name, table.name, rows, *output.written())


def _described(schema: pa.Schema, table: Table) -> pa.Schema:
    """The columns with what they mean, where readers of Parquet look for such words."""
    meanings = {column.name: column.meaning for column in table.columns}
    fields = [field.with_metadata({"comment": meanings[field.name]}) for field in schema]
    return pa.schema(fields, metadata={"comment": table.meaning})


def _write_database(reader: duckdb.DuckDBPyConnection, path: Path, asked: list[Table]) -> TableFile:
    rows = 0
    with _new_database(path) as writer:
        kinds = _make_tables(writer)
        for table in asked:
            if kinds.get(table.name) == "BASE TABLE":
                with _batches(reader, table.name) as batches:
                    writer.register("arriving", batches)
                    statement = section("table_files", "insert").format(table=table.name)
                    (count,) = writer.execute(statement).fetchall()[0]
                    writer.unregister("arriving")
                rows += count
    # No connection to it is left in this process, nor was it ever anybody else's.
    return TableFile(path.name, None, rows, *read_written(path))


@contextmanager
def _new_database(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a file that is made; all of it is on disk when the block ends."""
    config: Mapping[str, Any] = {"threads": "1", "temp_directory": str(overflow_of(path))}
    with closing(duckdb.connect(":memory:", config=dict(config))) as writer:
        writer.execute("SET TimeZone = 'UTC'")
        writer.execute("SET enable_progress_bar = false")
        name = str(path).replace("'", "''")
        writer.execute(f"ATTACH '{name}' AS made")
        writer.execute("USE made")
        yield writer
        writer.execute("CHECKPOINT made")
        writer.execute("USE memory")
        writer.execute("DETACH made")


def _make_tables(writer: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The analysts' tables and views with their comments, without those of personal values."""
    for question in (*QUESTIONS, "progress"):
        for statement in table_statements(question):
            writer.execute(statement)
    kinds = dict(writer.execute(section("table_files", "kinds")).fetchall())
    for table in [name for name in kinds if needs_grant(name)]:
        what = "VIEW" if kinds.pop(table) == "VIEW" else "TABLE"
        writer.execute(f"DROP {what} {table}")
    return kinds


@contextmanager
def _batches(reader: duckdb.DuckDBPyConnection, table: str) -> Iterator[pa.RecordBatchReader]:
    asked = section("table_files", "all").format(table=table)
    with reader.sql(asked).to_arrow_reader(ROWS_AT_ONCE) as batches:
        yield batches
