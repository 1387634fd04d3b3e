"""`replica.sqlite` as a file: the tables of a ledger, and beside each record its place."""

from deskledger.eventlog.database import FileKind
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
