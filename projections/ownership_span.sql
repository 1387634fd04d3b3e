-- Who was responsible for each ticket, and for how long.

-- name: tables
-- The spans of ownership_span that are over; rows are only added, but for tickets of which something
-- was recorded late.
CREATE TABLE ownership_span_ended (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that began it: ticket_event.version.
  group_id VARCHAR, -- agent_group.id of the ticket's group; NULL for none.
  agent_id VARCHAR, -- agent.id of the responsible agent; NULL where a queue was responsible.
  reason VARCHAR, -- Why, such as taken, manual, routed, returned; NULL for the opening.
  began_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  ended_at TIMESTAMPTZ NOT NULL -- When the next one began (UTC).
);

-- One row per event about a ticket's responsible party: from when to when it was responsible.
-- Spans of a ticket are half-open, [began_at, ended_at), follow one another in (occurred_at,
-- version) order without gap or overlap, so that exactly one party is responsible at every instant
-- from the opening on, settled or not. A span is empty where the next event happened at the same
-- instant.
CREATE VIEW ownership_span (
  ticket, -- Number of the ticket: ticket.number.
  version, -- Version of the event that began it: ticket_event.version.
  party, -- Who is responsible: agent, group (its queue) or intake (the desk's queue for everything
    -- that has neither).
  group_id, -- agent_group.id of the ticket's group; NULL for none.
  agent_id, -- agent.id of the responsible agent; NULL where a queue is responsible.
  reason, -- Why, such as taken, manual, routed, returned; NULL for the opening.
  began_at, -- When it began (UTC).
  ended_at -- When the next one began (UTC); NULL = it still holds.
) AS
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
  ended_at
FROM (
  SELECT
    ticket,
    version,
    group_id,
    agent_id,
    reason,
    began_at,
    ended_at
  FROM ownership_span_ended
  UNION ALL
  SELECT
    number,
    party_version,
    group_id,
    agent_id,
    party_reason,
    responsible_since,
    NULL
  FROM ticket
);

-- name: apply
INSERT INTO ownership_span_ended
SELECT
  ticket,
  version,
  group_id,
  agent_id,
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
      party_version AS version,
      group_id,
      agent_id,
      party_reason AS reason,
      responsible_since AS began_at
    FROM ticket_replaced
    WHERE number NOT IN (SELECT ticket FROM late_event)
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
  )
)
WHERE ended_at IS NOT NULL;

-- name: apply_late
DELETE FROM ownership_span_ended
WHERE ticket IN (SELECT ticket FROM late_event);
