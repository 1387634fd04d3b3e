"""The tables at one moment, in the process that has their file open."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import ParamSpec, TypeVar

import duckdb

from deskledger.eventlog.progress import Progress
from deskledger.projections.analyst import ask_within
from deskledger.projections.question import Asked, Limits, Question
from deskledger.projections.sql import section

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
