"""The tables at one moment, in the process that has their file open."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

import duckdb

from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.analyst import ask_within
from deskledger.projections.appenders import Appenders
from deskledger.projections.question import Asked, Limits, Question
from deskledger.projections.sql import section

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

P = ParamSpec("P")
T = TypeVar("T")


class HeldMoment:
    """A transaction that cannot write, and the progress that was read in it first.

    A question that fails may end the transaction; whoever goes on asks at another moment.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, desk: str) -> None:
        """Takes a connection in a transaction in which nothing was read yet."""
        self._connection = connection
        self.progress: Sequence[Progress] = read_progress(connection, desk)

    def answer(self, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answers one of the desk's own questions."""
        return question.read(self._connection, *args, **kwargs)

    def ask(
        self, sql: str, *, personal: bool, limits: Limits | None = None
    ) -> AbstractContextManager[Asked]:
        """Answers a SELECT or EXPLAIN, as `analyst.ask` says."""
        return ask_within(self._connection, self.progress, sql, personal=personal, limits=limits)

    def interrupt(self) -> None:
        """Stops what is being answered at present; any thread may do so."""
        self._connection.interrupt()


def read_progress(connection: duckdb.DuckDBPyConnection, desk: str) -> list[Progress]:
    """The progress inside the transaction of `connection`."""
    rows = connection.execute(section("progress", "progress")).fetchall()
    return [Progress(desk, *row) for row in rows]


def write_progress(
    connection: duckdb.DuckDBPyConnection,
    appenders: Appenders,
    latest: Mapping[int, StoredRecord],
) -> None:
    """Says how far each lane has been read: up to its latest record."""
    connection.execute(section("progress", "replace"), {"lanes": list(latest)})
    rows = [
        (
            *(lane, record.record, record.sequence, record.lane_hash),
            _EPOCH + timedelta(microseconds=record.lane_time),
        )
        for lane, record in latest.items()
    ]
    appenders.insert("progress", ("lane", "records", "sequence", "hash", "lane_time"), rows)
