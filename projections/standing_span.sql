-- How each ticket stood, and for how long: status, responsible party and class side by side.

-- name: tables
-- The spans of standing_span that are over; rows are only added, but for tickets of which something
-- was recorded late.
CREATE TABLE standing_span_ended (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that began it: ticket_event.version.
  episode INTEGER NOT NULL, -- Which episode of the ticket: episode.episode; of a settled ticket the
    -- one that was settled.
  status VARCHAR NOT NULL, -- new, open, pending, on_hold, solved or closed.
  group_id VARCHAR, -- agent_group.id of the group; NULL for none.
  agent_id VARCHAR, -- agent.id of the responsible agent; NULL where a queue was responsible.
  type VARCHAR, -- Type of the request, as a code of the desk; NULL for none.
  tier VARCHAR, -- Tier of service; NULL for none.
  priority VARCHAR, -- Priority; NULL for none.
  stage VARCHAR, -- Stage of the customer journey; NULL for none.
  began_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  ended_at TIMESTAMPTZ NOT NULL -- When the next one began (UTC).
);

-- One row per event about a ticket's status, party or class, up to the next such event. Spans of a
-- ticket are half-open, [began_at, ended_at), follow one another in (occurred_at, version) order
-- without gap or overlap, and add up to the time since its opening; one that would be empty, because
-- the next event happened at the same instant, is left out. The backlog at an instant is the number
-- of spans of an unsettled status that began before it and had not ended before it.
CREATE VIEW standing_span (
  ticket, -- Number of the ticket: ticket.number.
  version, -- Version of the event that began it: ticket_event.version.
  episode, -- Which episode of the ticket: episode.episode; of a settled ticket the one that was
    -- settled.
  status, -- new, open, pending, on_hold, solved or closed.
  group_id, -- agent_group.id of the group; NULL for none.
  agent_id, -- agent.id of the responsible agent; NULL where a queue is responsible.
  type, -- Type of the request, as a code of the desk; NULL for none.
  tier, -- Tier of service; NULL for none.
  priority, -- Priority; NULL for none.
  stage, -- Stage of the customer journey; NULL for none.
  began_at, -- When it began (UTC).
  ended_at -- When the next one began (UTC); NULL = it still holds.
) AS
SELECT
  ticket,
  version,
  episode,
  status,
  group_id,
  agent_id,
  type,
  tier,
  priority,
  stage,
  began_at,
  ended_at
FROM standing_span_ended
UNION ALL
SELECT
  ticket.number,
  episode.standing_version,
  episode.episode,
  ticket.status,
  ticket.group_id,
  ticket.agent_id,
  ticket.type,
  ticket.tier,
  ticket.priority,
  ticket.stage,
  episode.standing_since,
  NULL
FROM ticket
JOIN episode
  ON episode.ticket = ticket.number
  AND episode.reopened_at IS NULL;

-- name: apply
INSERT INTO standing_span_ended
SELECT
  ticket,
  version,
  episode,
  status,
  group_id,
  agent_id,
  type,
  tier,
  priority,
  stage,
  occurred_at,
  ended_at
FROM standing_feed
WHERE NOT answers
  AND ended_at > occurred_at;

-- name: apply_late
DELETE FROM standing_span_ended
WHERE ticket IN (SELECT ticket FROM late_event);
