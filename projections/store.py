"""The store of projections: applies micro-batches, each in one transaction with its progress."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import duckdb

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.appenders import Appenders
from deskledger.projections.apply import FOLDED_EVENTS_MAX, Batch
from deskledger.projections.astray import Lanes, check_progress
from deskledger.projections.errors import Unfit
from deskledger.projections.file import make_file, open_file
from deskledger.projections.folding.present import Folding
from deskledger.projections.moment import HeldMoment, read_progress, write_progress
from deskledger.projections.quarantine import park, parked_records, parked_streams, unpark
from deskledger.projections.staging import ParkedRecord, Staged, Stager, set_aside
from deskledger.projections.unwritten import ROWS_MANY, Unwritten

DEADLINE_SECONDS = 5.0

# What DuckDB says of a value that is not of its column's type, or that a table does not take.
_UNFIT = (
    duckdb.ConversionException,
    duckdb.ConstraintException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
)


class ProjectionStore:
    """The read models of one desk: one process at a time, writing one thread at a time."""

    @classmethod
    def open(cls, path: Path, desk: str, *, deadline_seconds: float = DEADLINE_SECONDS) -> Self:
        """Opens the file, made new if there is none; waits while another process has it.

        Raises:
            Unavailable: another process had it until the deadline, or it cannot be written.
            ForeignFile, NewerVersion: it is not this desk's, or not for this software.
            Outdated: another version of the software made it.
        """
        return cls(open_file(path, desk, deadline_seconds), desk)

    @classmethod
    def fresh(cls, path: Path, desk: str) -> Self:
        """Makes a file to be filled in one go; nothing of it lasts before `finish`.

        Raises:
            Unavailable: it cannot be written.
        """
        return cls(make_file(path, desk), desk, catalog="made")

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, desk: str, *, catalog: str | None = None
    ) -> None:
        """Takes over the connection; `catalog` is that of a file without a write-ahead log."""
        self.desk = desk
        self.folded_events_max = FOLDED_EVENTS_MAX
        self._appenders = Appenders(connection)
        self._folding = Folding(connection, self._appenders)
        self._connection = connection
        self._catalog = catalog
        self._unwritten = Unwritten(connection, has_log=catalog is None)
        self._writing = threading.Lock()
        self.parked = parked_streams(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file and lets other processes have it."""
        with self._writing:
            self._connection.close()

    def finish(self) -> None:
        """Writes into the file what is only in memory, or in its log.

        Raises:
            Unavailable: the disk is full.
        """
        with self._writing, _telling():
            self._connection.execute("CHECKPOINT")
            self._unwritten.written()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection inside a transaction that cannot write.

        All that is asked through it is of one moment: rows, counts and progress belong together.
        """
        cursor = self._connection.cursor()
        try:
            if self._catalog is not None:
                cursor.execute(f"USE {self._catalog}")
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def moment(self) -> Iterator[HeldMoment]:
        """The tables as they are now, until the block ends."""
        with self.reading() as cursor:
            yield HeldMoment(cursor, self.desk)

    def progress(self) -> list[Progress]:
        """How far each lane has been read, in order of lanes; one not begun is missing."""
        with self.reading() as cursor:
            return read_progress(cursor, self.desk)

    def check(self, ledger: Lanes) -> None:
        """Compares the progress with the ledger that the file is to follow.

        Raises:
            Astray: the ledger is shorter than what was read of it, or different.
        """
        check_progress(self.progress(), ledger)

    def apply(self, records: Sequence[StoredRecord], stager: Stager) -> None:
        """Applies the records that follow the progress: rows and progress, or neither.

        A record that cannot be read is set aside, and the later ones of its stream with it.

        Raises:
            Unavailable: the file cannot be written, or keys cannot be read.
        """
        staged = stager.stage(records, self.parked)
        try:
            self.write(staged)
        except Unfit as error:
            if len(records) == 1:
                self.write(set_aside(records[0], str(error)))
                return
            middle = len(records) // 2
            self.apply(records[:middle], stager)
            self.apply(records[middle:], stager)

    def write(self, *pieces: Staged) -> None:
        """Writes one batch: rows, progress and what is set aside, in one transaction.

        Raises:
            Unfit: a value does not fit its column; nothing was written.
            Unavailable: the file cannot be written; nothing was written.
        """
        self.write_as_they_come(iter(pieces))

    def write_as_they_come(self, pieces: Iterator[Staged]) -> None:
        """As `write`; of each piece little is kept in memory while the next one comes.

        Raises:
            Unfit, Unavailable: as `write`.
        """
        latest: dict[int, StoredRecord] = {}
        aside: list[ParkedRecord] = []
        count = rows = 0
        with self._transaction() as connection:
            batch = Batch(connection, self._folding, self.folded_events_max)
            for piece in pieces:
                batch.add(piece)
                count += 1
                rows += sum(table.num_rows for table in piece.relations.values())
                latest |= piece.latest
                aside += piece.aside
            batch.finish()
            write_progress(connection, self._appenders, latest)
            if aside:
                park(connection, aside)
        batch.keep()
        self.parked.update(record.stream for record, _ in aside)
        self._unwritten.add(rows)
        if count > 1 or rows > ROWS_MANY:
            with self._writing:
                batch.forget()
                is_much = self._unwritten.is_much()
            if is_much:
                # Another transaction may be about to end; the next batch tries again.
                with suppress(duckdb.TransactionException):
                    self.finish()

    def release(self, stager: Stager) -> list[str]:
        """Applies what was set aside, stream by stream, as far as it can be read by now.

        Returns:
            The streams that are parked no longer.

        Raises:
            Unavailable: the file cannot be written, or keys cannot be read.
        """
        released = [stream for stream in sorted(self.parked) if self._release(stream, stager)]
        self.parked.difference_update(released)
        return released

    def _release(self, stream: str, stager: Stager) -> bool:
        with self.reading() as cursor:
            records = parked_records(cursor, stream)
        staged = stager.stage(records)
        if staged.aside:
            return False
        try:
            with self._transaction() as connection:
                batch = Batch(connection, self._folding, self.folded_events_max)
                batch.add(staged)
                batch.finish()
                unpark(connection, stream)
        except Unfit:
            return False
        batch.keep()
        return True

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self._connection
        with self._writing:
            try:
                with _telling():
                    connection.execute("BEGIN TRANSACTION")
                    yield connection
                    connection.execute("COMMIT")
            except _UNFIT as error:
                raise Unfit(reason=str(error)) from error
            finally:
                with suppress(duckdb.TransactionException, duckdb.FatalException):
                    connection.execute("ROLLBACK")


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
        raise Unavailable(f"The projections cannot be written: {error}") from error
