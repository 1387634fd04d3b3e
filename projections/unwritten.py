"""How much of the tables is in memory and not yet in their file.

DuckDB holds rows uncompressed from their transaction until a checkpoint writes them, some 400
bytes each. By itself it makes one when its log has grown to hundreds of megabytes, or never where
there is no log. A process that catches up would keep all of that for as long as it runs.
"""

import duckdb

from deskledger.projections.sql import section

ROWS_MANY = 10_000
"""Of a batch after which it pays to look; usual batches of a running desk have far fewer."""
ROWS_MAX = 50_000
"""Of a file with a log, as long as that is small."""
SHARE_MAX = 16
"""A checkpoint takes longer the larger the file, so that of a large one as many rows are kept as
this part of all that it has."""
ROWS_MAX_WITHOUT_LOG = 250_000


class Unwritten:
    """Counts the rows that were added since the last checkpoint."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, has_log: bool) -> None:
        """Takes the connection, which is the store's own."""
        self._connection = connection
        self._has_log = has_log
        self._rows = 0

    def add(self, rows: int) -> None:
        """Takes in that a transaction has added so many rows."""
        self._rows += rows

    def is_much(self) -> bool:
        """Whether it is time for a checkpoint."""
        if not self._has_log:
            return self._rows > ROWS_MAX_WITHOUT_LOG
        return self._rows > ROWS_MAX and self._rows > self._rows_of_file() // SHARE_MAX

    def written(self) -> None:
        """Takes in that there was a checkpoint."""
        self._rows = 0

    def _rows_of_file(self) -> int:
        row = self._connection.execute(section("progress", "rows")).fetchone()
        return 0 if row is None else int(row[0])
