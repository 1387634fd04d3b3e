-- Who was responsible for each ticket, and for how long.

-- name: tables
-- One row per event about a ticket's responsible party: from when to when it was responsible.
-- Spans of a ticket are half-open, [began_at, ended_at), follow one another in (occurred_at,
-- version) order without gap or overlap, so that exactly one party is responsible at every instant
-- from the opening on, settled or not. A span is empty where the next event happened at the same
-- instant.
CREATE TABLE ownership_span (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that began it: ticket_event.version.
  party VARCHAR NOT NULL, -- Who is responsible: agent, group (its queue) or intake (the desk's
    -- queue for everything that has neither).
  group_id VARCHAR, -- agent_group.id of the ticket's group; NULL for none.
  agent_id VARCHAR, -- agent.id of the responsible agent; NULL where a queue is responsible.
  reason VARCHAR, -- Why, such as taken, manual, routed, returned; NULL for the opening.
  began_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  ended_at TIMESTAMPTZ -- When the next one began (UTC); NULL = it still holds.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE ownership_span_replaced AS
SELECT
  ownership_span.rowid AS row_id,
  ownership_span.*
FROM ownership_span
WHERE ticket IN (SELECT ticket FROM ticket_feed WHERE sets_party)
  AND (ended_at IS NULL OR ticket IN (SELECT ticket FROM late_event));

DELETE FROM ownership_span
WHERE rowid IN (SELECT row_id FROM ownership_span_replaced);

INSERT INTO ownership_span
SELECT
  ticket,
  version,
  CASE
    WHEN agent_id IS NOT NULL THEN 'agent'
    WHEN group_id IS NOT NULL THEN 'group'
    ELSE 'intake'
  END,
  group_id,
  agent_id,
  reason,
  began_at,
  lead(began_at) OVER (PARTITION BY ticket ORDER BY step)
FROM (
  SELECT
    ticket,
    0 AS step,
    version,
    group_id,
    agent_id,
    reason,
    began_at
  FROM ownership_span_replaced
  WHERE ticket NOT IN (SELECT ticket FROM late_event)
  UNION ALL
  SELECT
    ticket,
    step,
    version,
    group_id,
    agent_id,
    reason,
    occurred_at
  FROM ticket_feed
  WHERE sets_party
);
