"""The ten questions of docs/questions.md, each answered once more from the CSV file alone."""

import csv
import fcntl
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.projections.store import ProjectionStore
from tests.history.real_logs import SERVICENOW, real_log, shared_import
from tests.projections.answers_from_file import FROM_THE_FILE, Answer, Log, case_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
QUESTION = re.compile(
    r"^## (\d+)\. .*?```sql\n(.*?);\n```\n\n(.*?)(?=\n\n## |\Z)", re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def log() -> Log:
    with zipfile.ZipFile(real_log(SERVICENOW)) as archive:
        text = archive.read(archive.namelist()[0]).decode("ascii")
    reader = csv.DictReader(io.StringIO(text))
    raw = [list(own) for _, own in groupby(reader, key=lambda row: row["number"])]
    return Log(raw, [case_of(rows) for rows in raw])


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The imported log's tables, made by the first worker that asks; every worker only reads."""
    imported = shared_import(tmp_path_factory, SERVICENOW, "servicenow").directory
    path = imported.with_name("imported-servicenow.duckdb")
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            aside = path.with_suffix(".aside")
            with (
                Desk.open(imported) as desk,
                ProjectionStore.open(aside, desk.ledger.desk) as store,
            ):
                Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
            aside.rename(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def shown(rows: Iterable[Sequence[object]]) -> Answer:
    return [tuple(_shown(value) for value in row) for row in rows]


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def questions() -> list[tuple[str, str, Answer]]:
    """Number, SQL and printed answer of each question in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = []
    for number, sql, table in QUESTION.findall(text):
        cells = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
        printed = [tuple(cell.strip() for cell in row) for row in cells]
        found.append((number, sql, printed))
    return found


def test_the_document_asks_ten_questions() -> None:
    assert [number for number, _, _ in questions()] == [str(n) for n in range(1, 11)]
    assert len(FROM_THE_FILE) == 10


@pytest.mark.parametrize("index", range(10))
def test_sql_the_document_and_the_file_alone_give_the_same_answer(
    tables: duckdb.DuckDBPyConnection, log: Log, index: int
) -> None:
    _, sql, printed = questions()[index]
    found = shown(tables.execute(sql).fetchall())
    assert found == shown(FROM_THE_FILE[index](log))
    assert printed == [tuple(cell for cell in row) for row in found]
