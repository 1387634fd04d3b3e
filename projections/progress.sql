-- What the store keeps for itself: whose file it is, how far it has come, and what it set aside.

-- name: tables
-- Facts of the file, by name: format, desk (its id) and fingerprint (of the SQL and of the events
-- that the software which made it could read).
CREATE TABLE file (
  name VARCHAR NOT NULL, -- Name of the fact.
  value VARCHAR NOT NULL -- Its value.
);

-- How far each lane of the ledger has been read: everything in this file follows from these
-- prefixes of the lanes, and from nothing else.
CREATE TABLE progress (
  lane INTEGER NOT NULL, -- The lane, from 0.
  records BIGINT NOT NULL, -- How many of its records have been read, void ones included.
  sequence BIGINT NOT NULL, -- How many of its effective events have been read.
  hash BLOB NOT NULL, -- The lane's hash after those records (32 bytes).
  lane_time TIMESTAMPTZ NOT NULL -- The lane's time after those records (UTC).
);

-- Records that could not be read, and the later ones of their streams: nothing in the other tables
-- knows of them. They are applied in order once the software can read them. Needs a grant.
CREATE TABLE quarantine (
  lane INTEGER NOT NULL, -- Lane of the record.
  record BIGINT NOT NULL, -- Number of the record in its lane, from 1.
  stream VARCHAR NOT NULL, -- The stream that is parked.
  number BIGINT NOT NULL, -- Number of the stream among those of its noun.
  version INTEGER NOT NULL, -- Version of the record's first event.
  sequence BIGINT NOT NULL, -- The lane's sequence after the record.
  lane_time BIGINT NOT NULL, -- The lane's time after the record, in microseconds since 1970.
  value BLOB NOT NULL, -- The record's bytes, as they stand in the ledger.
  error VARCHAR -- Why it could not be read; NULL where an earlier record of its stream could not.
);

-- name: replace
DELETE FROM progress
WHERE lane IN (SELECT unnest($lanes));

-- name: park
INSERT INTO quarantine
SELECT *
FROM staged_quarantine;

-- name: worked_out
SELECT
  table_name
FROM duckdb_tables()
WHERE temporary
ORDER BY table_name;

-- name: rows
SELECT
  coalesce(sum(estimated_size), 0)
FROM duckdb_tables()
WHERE NOT temporary;

-- name: progress
SELECT
  lane,
  records,
  sequence,
  hash
FROM progress
ORDER BY lane;

-- name: parked_streams
SELECT DISTINCT
  stream
FROM quarantine
ORDER BY stream;

-- name: parked_records
SELECT
  lane,
  record,
  number,
  version,
  sequence,
  lane_time,
  value
FROM quarantine
WHERE stream = $stream
ORDER BY record;

-- name: unpark
DELETE FROM quarantine
WHERE stream = $stream;

-- name: quarantine
SELECT
  stream,
  number,
  lane,
  record,
  version,
  error
FROM quarantine
WHERE error IS NOT NULL
ORDER BY
  lane,
  record;
