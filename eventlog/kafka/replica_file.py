"""`replica.sqlite` as a file: the tables of a ledger, and beside each record its place."""

import sqlite3
from pathlib import Path

from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.files.database import FileKind
from deskledger.eventlog.files.file_making import ensure_file
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.records import LEDGER

REPLICA = FileKind(
    name="replica.sqlite",
    application_id=0x64736B72,  # "dskr"
    format=1,
    schema=(
        *LEDGER.schema,
        """
-- id: of the record. timestamp: the log's own, in milliseconds since 1970, -1 where it has none.
-- key: the record's, where it is not the name of a stream and so stands nowhere else.
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  offset INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  key BLOB
)
""",
    ),
)

# Temporary, so part of the connection and not of the file; `arrival` is the record store's.
READING_VIEW = (
    """
    CREATE TEMP VIEW reading AS
    SELECT arrival.*, place.offset, place.timestamp, place.key
    FROM arrival JOIN place ON place.id = arrival.id
    """,
    """
    CREATE TEMP TRIGGER reading_of_record INSTEAD OF INSERT ON reading
    BEGIN
      INSERT INTO arrival VALUES (
        NEW.id, NEW.stream, NEW.command, NEW.verdict, NEW.version, NEW.sequence, NEW.lane_time,
        NEW.lane_hash, NEW.value, NEW.name, NEW.noun, NEW.number
      );
      INSERT INTO place VALUES (NEW.id, NEW.offset, NEW.timestamp, NEW.key);
    END
    """,
)

TIP = """
SELECT place.offset, place.timestamp, coalesce(place.key, CAST(stream.name AS BLOB)), record.value
FROM place
JOIN record ON record.id = place.id
LEFT JOIN stream ON stream.key = record.stream
WHERE place.id = ?
"""
PUT_FRESH = "INSERT OR REPLACE INTO meta VALUES ('fresh_at', ?)"
RECEIPT = """
SELECT record.verdict, record.version, record.version + record.sequence - before.sequence - 1,
  record.sequence, stream.number, record.value
FROM record
LEFT JOIN record AS before ON before.id = record.id - 1
LEFT JOIN stream ON stream.key = record.stream
WHERE record.id = ?
"""


def make_replica(directory: Path, location: Location) -> None:
    """Makes an empty replica of a desk; one that is there is left as it is.

    Raises:
        ForeignFile, NewerVersion, LedgerDamaged, Unavailable: as `ensure_file`.
    """

    def fill(connection: sqlite3.Connection) -> None:
        topic = str(location.ledger.id)
        connection.execute("INSERT INTO meta VALUES ('lanes', ?)", (location.lanes,))
        connection.execute("INSERT INTO meta VALUES ('topic', ?)", (topic,))

    ensure_file(directory, REPLICA, str(location.desk), fill)


def check_replica(connection: sqlite3.Connection, path: Path, location: Location) -> None:
    """Checks that a replica was read from the topic of this desk.

    Raises:
        ForeignFile: it is that of another desk.
        LogChanged: it was read from another topic of the same name.
    """
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    if (meta.get("desk"), meta.get("lanes")) != (str(location.desk), location.lanes):
        told = f"{path} is the replica of another desk; move it away."
        raise ForeignFile(told, file=str(path), desk=meta.get("desk"))
    if meta.get("topic") != str(location.ledger.id):
        told = f"{path} was read from another topic of the same name; run `deskledger recover`."
        raise LogChanged(told, file=str(path), topic=meta.get("topic"))
