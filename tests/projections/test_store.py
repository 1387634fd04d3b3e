"""The store's file: whose it is, what a crash leaves, and who has to wait for it."""

import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import ForeignFile, NewerVersion, Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.projections import store as store_module
from deskledger.projections import unwritten
from deskledger.projections.errors import Astray, Outdated
from deskledger.projections.file import FORMAT, fingerprint
from deskledger.projections.replacing import discard_file
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.patience import PATIENCE_SECONDS
from tests.projections.reading import rows
from tests.projections.records import DESK, Book, small_book

OTHER_DESK = "00000000-0000-4000-8000-00000000dead"
WAITING = """
    import sys
    from pathlib import Path
    from deskledger.projections.store import ProjectionStore
    with ProjectionStore.open(Path(sys.argv[1]), sys.argv[2]):
        print("mine", flush=True)
        sys.stdin.readline()
"""


class Ends:
    """A ledger of which only the progress is asked."""

    def __init__(self, known: list[Progress]) -> None:
        self.known = known

    def progress_at(self, lane: int, records: int) -> Progress | None:
        return next((at for at in self.known if (at.lane, at.records) == (lane, records)), None)


@pytest.fixture
def book() -> Book:
    return small_book()


def filled(path: Path, book: Book) -> None:
    with ProjectionStore.open(path, DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))


def test_rows_and_progress_are_there_again_when_the_file_is_opened_again(
    tmp_path: Path, book: Book
) -> None:
    path = tmp_path / "projections.duckdb"
    filled(path, book)
    with ProjectionStore.open(path, DESK) as store:
        assert len(rows(store, "ticket")) == 1
        assert store.progress() == book.progress()


def test_a_file_of_another_desk_is_refused_and_left_as_it_is(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "projections.duckdb"
    filled(path, book)
    before = path.read_bytes()
    with pytest.raises(ForeignFile, match="another desk"):
        ProjectionStore.open(path, OTHER_DESK)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "projections.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE file (name VARCHAR)")
    before = path.read_bytes()
    with pytest.raises(ForeignFile, match="another program"):
        ProjectionStore.open(path, DESK)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "projections.duckdb"
    path.write_text("Dear diary\n" * 1_000)
    with pytest.raises(ForeignFile, match="no DuckDB file"):
        ProjectionStore.open(path, DESK)
    assert path.read_text() == "Dear diary\n" * 1_000


@pytest.mark.parametrize(
    ("fact", "value", "error"),
    [("format", "2", NewerVersion), ("fingerprint", "other", Outdated)],
)
def test_a_file_of_another_version_says_what_to_do(
    tmp_path: Path, book: Book, fact: str, value: str, error: type[DeskError]
) -> None:
    path = tmp_path / "projections.duckdb"
    filled(path, book)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE file SET value = ? WHERE name = ?", (value, fact))
    with pytest.raises(error):
        ProjectionStore.open(path, DESK)


def test_a_file_that_a_crash_left_empty_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "projections.duckdb"
    duckdb.connect(str(path)).close()
    with ProjectionStore.open(path, DESK) as store:
        assert store.progress() == []
        assert [row["value"] for row in rows(store, "file")] == [DESK, fingerprint(), FORMAT]


def test_a_second_process_waits_for_the_file_and_then_says_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "projections.duckdb"
    command = [sys.executable, "-c", textwrap.dedent(WAITING), str(path), DESK]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdin is not None
        assert owner.stdout.readline() == "mine\n"
        with pytest.raises(Unavailable, match="Another process"):
            ProjectionStore.open(path, DESK, deadline_seconds=0.2)
        owner.stdin.write("done\n")
        owner.stdin.flush()
        with ProjectionStore.open(path, DESK, deadline_seconds=PATIENCE_SECONDS):
            pass


def test_a_damaged_file_is_told_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "projections.duckdb"
    ProjectionStore.open(path, DESK).close()
    data = bytearray(path.read_bytes())
    # The first pages are headers, whose checksums are looked at whenever the file is opened.
    data[4_200:12_000] = bytes(7_800)
    path.write_bytes(data)
    with pytest.raises(Unavailable, match="damaged; run `deskledger rebuild --discard`"):
        ProjectionStore.open(path, DESK)
    discard_file(path, DESK, PATIENCE_SECONDS)
    ProjectionStore.open(path, DESK).close()


def test_a_folder_that_is_not_there_makes_the_file_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened"):
        ProjectionStore.open(tmp_path / "missing" / "projections.duckdb", DESK)


def test_a_store_ahead_of_the_ledger_or_of_another_history_is_found_at_the_start(
    tmp_path: Path, book: Book
) -> None:
    path = tmp_path / "projections.duckdb"
    filled(path, book)
    known = book.progress()
    changed = Progress(DESK, known[0].lane, known[0].records, known[0].sequence, bytes(32))
    with ProjectionStore.open(path, DESK) as store:
        store.check(Ends(known))
        for wrong in (known[1:], [changed, *known[1:]]):
            with pytest.raises(Astray, match="rebuild"):
                store.check(Ends(wrong))


def test_what_is_asked_in_one_reading_is_of_one_moment(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "projections.duckdb"
    with ProjectionStore.open(path, DESK) as store:
        stager = Stager(book.keys.data_keys)
        store.apply(book.records[:1], stager)
        with store.reading() as connection:
            count = "SELECT count(*) FROM progress"
            before = connection.execute(count).fetchone()
            store.apply(book.records[1:], stager)
            assert connection.execute(count).fetchone() == before


def test_reading_cannot_write(tmp_path: Path) -> None:
    with (
        ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store,
        store.reading() as connection,
        pytest.raises(duckdb.Error, match="read-only"),
    ):
        connection.execute("DELETE FROM progress")


def test_what_long_batches_added_is_taken_out_of_memory(
    tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "ROWS_MANY", 0)
    monkeypatch.setattr(unwritten, "ROWS_MAX", 0)
    path = tmp_path / "projections.duckdb"
    log = path.with_name(f"{path.name}.wal")
    with ProjectionStore.open(path, DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert not log.exists() or log.stat().st_size == 0
        assert len(rows(store, "ticket")) == 1
    with ProjectionStore.open(path, DESK) as store:
        assert store.progress() == book.progress()
