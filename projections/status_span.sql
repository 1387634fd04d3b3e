-- How long each ticket was in which status.

-- name: tables
-- One row per event about a ticket's status: from when to when it held. Spans of a ticket are
-- half-open, [began_at, ended_at), follow one another in (occurred_at, version) order without gap
-- or overlap, and add up to the time since its opening. Neighbours may have the same status where
-- only the reason changed; a span is empty where the next event happened at the same instant.
CREATE TABLE status_span (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that began it: ticket_event.version.
  status VARCHAR NOT NULL, -- new, open, pending, on_hold, solved or closed.
  reason VARCHAR, -- Why, as a code of the desk; NULL where the event has no reason.
  began_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  ended_at TIMESTAMPTZ -- When the next one began (UTC); NULL = it still holds.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE status_span_replaced AS
SELECT
  status_span.rowid AS row_id,
  status_span.*
FROM status_span
WHERE ticket IN (SELECT ticket FROM ticket_feed WHERE status IS NOT NULL)
  AND (ended_at IS NULL OR ticket IN (SELECT ticket FROM late_event));

DELETE FROM status_span
WHERE rowid IN (SELECT row_id FROM status_span_replaced);

INSERT INTO status_span
SELECT
  ticket,
  version,
  status,
  reason,
  began_at,
  lead(began_at) OVER (PARTITION BY ticket ORDER BY step)
FROM (
  SELECT
    ticket,
    0 AS step,
    version,
    status,
    reason,
    began_at
  FROM status_span_replaced
  WHERE ticket NOT IN (SELECT ticket FROM late_event)
  UNION ALL
  SELECT
    ticket,
    step,
    version,
    status,
    reason,
    occurred_at
  FROM ticket_feed
  WHERE status IS NOT NULL
);
