-- When each ticket was first answered by a person.

-- name: tables
-- One row per ticket that has had a counted agent contact: a reply by an agent, or an answered call
-- with an agent; whether the ticket was settled then or not. The columns about the ticket say how it
-- was at that contact.
CREATE TABLE first_response (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the contact: ticket_event.version.
  opened_at TIMESTAMPTZ NOT NULL, -- When the ticket was opened (UTC).
  occurred_at TIMESTAMPTZ NOT NULL, -- When the contact happened (UTC). First response time =
    -- occurred_at - opened_at, for tickets with direction in; others have none.
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
  group_id VARCHAR, -- Group; NULL for none.
  agent_id VARCHAR -- Responsible agent; NULL where a queue was responsible.
);

-- name: apply
INSERT INTO first_response
SELECT
  standing_feed.ticket,
  standing_feed.version,
  standing_origin.opened_at,
  standing_feed.occurred_at,
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
WHERE standing_feed.answers_first;

-- name: apply_late
DELETE FROM first_response
WHERE ticket IN (SELECT ticket FROM late_event);
