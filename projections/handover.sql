-- To whom each ticket was given, and where it changed hands.

-- name: tables
-- One row per time at which a ticket was given to a group or an agent: at its opening, and by every
-- later event about its party; also where it was given back to the intake. Rows are only added, but
-- for tickets of which something was recorded late. The columns about the ticket say how it was then.
CREATE TABLE assignment (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event: ticket_event.version.
  episode INTEGER NOT NULL, -- Which episode of the ticket: episode.episode; of a settled ticket the
    -- one that was settled.
  occurred_at TIMESTAMPTZ NOT NULL, -- When it happened (UTC).
  reason VARCHAR, -- Why, such as taken, manual, routed, returned; NULL for the opening.
  group_before VARCHAR, -- Group before; NULL for none, and at the opening.
  agent_before VARCHAR, -- Responsible agent before; NULL for none, and at the opening.
  hand_over BOOLEAN NOT NULL, -- True where the responsible party changed from one agent or group to
    -- another. Leaving the intake queue, and the first take inside a group since the ticket came to
    -- it, are none.
  kind VARCHAR NOT NULL, -- request, feedback or task; figures count requests.
  direction VARCHAR NOT NULL, -- Who began the ticket: in = a customer; out, internal = the desk.
  channel VARCHAR NOT NULL, -- Channel through which it was opened.
  inbox VARCHAR, -- Address, number or form at which it arrived; NULL for none.
  workflow VARCHAR NOT NULL, -- Id of the workflow; default = the shipped one.
  workflow_version INTEGER NOT NULL, -- Version of the workflow; 0 = shipped with the software.
  variant VARCHAR, -- Arm of a pilot that the ticket fell into; NULL for none.
  type VARCHAR, -- Type; NULL for none.
  tier VARCHAR, -- Tier; NULL for none.
  priority VARCHAR, -- Priority; NULL for none.
  stage VARCHAR, -- Stage; NULL for none.
  group_id VARCHAR, -- Group from then on; NULL for none.
  agent_id VARCHAR -- Responsible agent from then on; NULL for none.
);

-- One row per hand-over: a change of the responsible party from one agent or group to another.
CREATE VIEW handover (
  ticket, -- Number of the ticket: ticket.number.
  version, -- Version of the event: ticket_event.version.
  episode, -- Which episode of the ticket: episode.episode.
  occurred_at, -- When it happened (UTC).
  reason, -- Why, such as manual, returned, escalated.
  group_before, -- Group before; NULL for none.
  agent_before, -- Responsible agent before; NULL where the group's queue was responsible.
  group_id, -- Group from then on; NULL for none.
  agent_id -- Responsible agent from then on; NULL where the group's queue is responsible.
) AS
SELECT
  ticket,
  version,
  episode,
  occurred_at,
  reason,
  group_before,
  agent_before,
  group_id,
  agent_id
FROM assignment
WHERE hand_over;

-- name: apply
INSERT INTO assignment
SELECT
  standing_feed.ticket,
  standing_feed.version,
  standing_feed.episode,
  standing_feed.occurred_at,
  CASE WHEN standing_feed.event = 'TicketAssigned' THEN standing_feed.reason END,
  standing_feed.group_before,
  standing_feed.agent_before,
  standing_feed.hand_over,
  standing_origin.kind,
  standing_origin.direction,
  standing_origin.channel,
  standing_origin.inbox,
  standing_origin.workflow,
  standing_origin.workflow_version,
  standing_origin.variant,
  standing_feed.type,
  standing_feed.tier,
  standing_feed.priority,
  standing_feed.stage,
  standing_feed.group_id,
  standing_feed.agent_id
FROM standing_feed
JOIN standing_origin
  ON standing_origin.ticket = standing_feed.ticket
WHERE standing_feed.event = 'TicketAssigned'
  OR (
    standing_feed.event = 'TicketOpened'
    AND coalesce(standing_feed.agent_id, standing_feed.group_id) IS NOT NULL
  );

-- name: apply_late
DELETE FROM assignment
WHERE ticket IN (SELECT ticket FROM late_event);
