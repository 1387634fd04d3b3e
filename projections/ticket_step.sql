-- In which step unsettled tickets are, and which of them are stuck.

-- name: tables
-- One row per version of the desk's document: how long a step may last. Steps are the statuses as long
-- as there are no workflows but the shipped one.
CREATE VIEW step_limit (
  version, -- Version of the desk's document: configuration.version.
  published_at, -- When it came into force (UTC).
  withdrawn_at, -- When it was taken out of force (UTC); NULL = never.
  step_limit -- Microseconds; NULL for no limit.
) AS
SELECT
  version,
  published_at,
  withdrawn_at,
  1000000 * (
    3600 * coalesce(nullif(regexp_extract(stated, '(\d+)H', 1), '')::BIGINT, 0)
    + 60 * coalesce(nullif(regexp_extract(stated, '(\d+)M', 1), '')::BIGINT, 0)
    + coalesce(nullif(regexp_extract(stated, '(\d+)S', 1), '')::BIGINT, 0)
  ) * CASE WHEN stated IS NOT NULL THEN 1 END
FROM (
  SELECT
    *,
    document ->> '$.stuck_after' AS stated
  FROM configuration
  WHERE kind = 'desk'
);

-- One row per unsettled ticket. Stuck are those whose stuck_at has passed: WHERE stuck_at < now().
CREATE VIEW ticket_step (
  number, -- Number of the ticket: ticket.number.
  step, -- Step of its workflow: the status, new, open, pending or on_hold.
  since_at, -- When it came into the step (UTC). To wait on for another reason is no other step.
  stuck_at -- When the step has lasted as long as the desk's document in force allows (UTC); NULL where
    -- it sets no limit.
) AS
SELECT
  ticket.number,
  ticket.status,
  coalesce(earlier.ended_at, ticket.opened_at) AS since_at,
  since_at + to_microseconds(present.step_limit)
FROM ticket
LEFT JOIN (
  SELECT
    span.ticket,
    max(span.ended_at) AS ended_at
  FROM status_span_ended AS span
  JOIN ticket
    ON ticket.number = span.ticket
    AND ticket.status <> span.status
  WHERE ticket.status NOT IN ('solved', 'closed')
  GROUP BY span.ticket
) AS earlier
  ON earlier.ticket = ticket.number
LEFT JOIN (
  SELECT step_limit
  FROM step_limit
  WHERE withdrawn_at IS NULL
  ORDER BY version DESC
  LIMIT 1
) AS present
  ON true
WHERE ticket.status NOT IN ('solved', 'closed');
