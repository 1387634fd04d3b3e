"""Tables in files: of one moment, with their comments, and without persons' values unless asked."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from deskledger.consumers.projector import Projector
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.projections.schema import needs_grant, tables
from deskledger.projections.store import ProjectionStore
from deskledger.projections.table_files import DATABASE
from deskledger.replay.export.manifest import NAME, read_manifest
from deskledger.replay.export.table_export import KIND, export_tables
from tests.projections.desks import new_desk

CHILD = """
import resource, sys
from pathlib import Path
from deskledger.projections.store import ProjectionStore
from deskledger.replay.export.table_export import export_tables
with ProjectionStore.open(Path(sys.argv[1]), sys.argv[2]) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    export_tables(store, sys.argv[2], Path(sys.argv[3]), personal=True)
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectionStore]:
    directory = tmp_path_factory.mktemp("desk")
    with new_desk(directory / "desk", 5) as desk:
        path = directory / "tables.duckdb"
        with ProjectionStore.open(path, desk.ledger.desk) as store:
            Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
            yield store


def exported(store: ProjectionStore, directory: Path, *, personal: bool = False) -> Path:
    export_tables(store, store.desk, directory, personal=personal)
    return directory


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # noqa: S608


def texts(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    """The rows as text: Parquet has no type for JSON, and UUIDs come as text."""
    asked = f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {table} ORDER BY ALL"  # noqa: S608 - ours
    return connection.execute(asked).fetchall()


def plain(path: Path) -> duckdb.DuckDBPyConnection:
    """The file as an analyst opens it, who has nothing of ours."""
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@pytest.mark.parametrize("personal", [False, True])
def test_each_table_is_a_parquet_file_with_the_same_rows(
    store: ProjectionStore, tmp_path: Path, *, personal: bool
) -> None:
    directory = exported(store, tmp_path / "out", personal=personal)
    wanted = [one.name for one in tables() if one.name != "quarantine"]
    wanted = [name for name in wanted if personal or not needs_grant(name)]
    assert sorted(path.stem for path in directory.glob("*.parquet")) == sorted(wanted)
    with store.reading() as ours, duckdb.connect(":memory:") as theirs:
        theirs.execute("SET TimeZone = 'UTC'")
        for table in wanted:
            theirs.execute(f"CREATE VIEW {table} AS FROM '{directory / table}.parquet'")
            assert texts(theirs, table) == texts(ours, table), table


def test_the_database_has_the_same_tables_rows_and_comments_but_nothing_personal(
    store: ProjectionStore, tmp_path: Path
) -> None:
    directory = exported(store, tmp_path / "out", personal=True)
    comments = """
    SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal ORDER BY ALL
    """
    with store.reading() as ours, plain(directory / DATABASE) as theirs:
        found = theirs.execute(comments).fetchall()
        assert found == [one for one in ours.execute(comments).fetchall() if shown(one[0])]
        assert all(comment for *_, comment in found)
        for table in sorted({table for table, *_ in found}):
            assert rows(theirs, table) == rows(ours, table), table


def shown(table: str) -> bool:
    return not needs_grant(table)


def test_no_value_of_a_person_stands_in_the_files_of_analysts(
    store: ProjectionStore, tmp_path: Path
) -> None:
    directory = exported(store, tmp_path / "out")
    assert not list(directory.glob("*_personal*"))
    with plain(directory / DATABASE) as found:
        told = str([rows(found, one.name) for one in tables() if shown(one.name)])
    assert "It is broken" not in told
    assert "light" not in told


def test_the_manifest_says_of_which_moment_all_are(store: ProjectionStore, tmp_path: Path) -> None:
    directory = exported(store, tmp_path / "out")
    manifest = read_manifest(directory, KIND)
    assert [one.name for one in manifest.files] == [
        path.name for path in map(directory.joinpath, (one.name for one in manifest.files))
    ]
    assert {path.name for path in directory.iterdir()} == {
        NAME,
        *(one.name for one in manifest.files),
    }
    progress = [(one["lane"], one["records"], one["hash"]) for one in manifest.facts["progress"]]
    assert progress == [(one.lane, one.records, one.hash.hex()) for one in store.progress()]
    assert manifest.facts["schema_version"] == "1"
    assert json.loads((directory / NAME).read_bytes())["personal"] is False


def test_comments_stand_in_parquet_too(store: ProjectionStore, tmp_path: Path) -> None:
    schema = pq.read_schema(exported(store, tmp_path / "out") / "ticket.parquet")
    assert all(field.metadata[b"comment"] for field in schema)
    assert schema.metadata[b"comment"]


def test_what_lies_there_is_left_alone(store: ProjectionStore, tmp_path: Path) -> None:
    directory = exported(store, tmp_path / "out")
    with pytest.raises(InvalidInput, match="not empty"):
        exported(store, directory)
    assert (directory / NAME).exists()


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with new_desk(tmp_path / "desk", 40) as desk:
        path, name = tmp_path / "desk.duckdb", desk.ledger.desk
        with ProjectionStore.open(path, name) as store:
            Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", CHILD, str(path), name, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert Unavailable.__name__ in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))
