-- How long each ticket was in which status.

-- name: tables
-- The spans of status_span that are over; rows are only added, but for tickets of which something
-- was recorded late.
CREATE TABLE status_span_ended (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that began it: ticket_event.version.
  status VARCHAR NOT NULL, -- new, open, pending, on_hold, solved or closed.
  reason VARCHAR, -- Why, as a code of the desk; NULL where the event has no reason.
  began_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  ended_at TIMESTAMPTZ NOT NULL -- When the next one began (UTC).
);

-- One row per event about a ticket's status: from when to when it held. Spans of a ticket are
-- half-open, [began_at, ended_at), follow one another in (occurred_at, version) order without gap
-- or overlap, and add up to the time since its opening. Neighbours may have the same status where
-- only the reason changed; a span is empty where the next event happened at the same instant.
CREATE VIEW status_span (
  ticket, -- Number of the ticket: ticket.number.
  version, -- Version of the event that began it: ticket_event.version.
  status, -- new, open, pending, on_hold, solved or closed.
  reason, -- Why, as a code of the desk; NULL where the event has no reason.
  began_at, -- When it began (UTC).
  ended_at -- When the next one began (UTC); NULL = it still holds.
) AS
SELECT
  ticket,
  version,
  status,
  reason,
  began_at,
  ended_at
FROM status_span_ended
UNION ALL
SELECT
  number,
  status_version,
  status,
  status_reason,
  status_since,
  NULL
FROM ticket;

-- name: apply
INSERT INTO status_span_ended
SELECT
  ticket,
  version,
  status,
  reason,
  began_at,
  ended_at
FROM (
  SELECT
    *,
    lead(began_at) OVER (PARTITION BY ticket ORDER BY step) AS ended_at
  FROM (
    SELECT
      number AS ticket,
      0 AS step,
      status_version AS version,
      status,
      status_reason AS reason,
      status_since AS began_at
    FROM ticket_replaced
    WHERE number NOT IN (SELECT ticket FROM late_event)
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
  )
)
WHERE ended_at IS NOT NULL;

-- name: apply_late
DELETE FROM status_span_ended
WHERE ticket IN (SELECT ticket FROM late_event);
