-- What waits to be done, and in which order.

-- name: tables
-- One row per unsettled ticket: in which queue it stands, and what orders the queue. Default
-- order: band, next_due_at (NULL last), waiting_since, number; a total order.
CREATE TABLE queue_entry (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  queue VARCHAR NOT NULL, -- Whose queue: agent, group or intake; exactly one party at a time.
  group_id VARCHAR, -- agent_group.id of the ticket's group; NULL for none.
  agent_id VARCHAR, -- agent.id of the responsible agent; NULL where queue is not agent.
  status VARCHAR NOT NULL, -- new, open, pending or on_hold.
  workable BOOLEAN NOT NULL, -- True for new and open: somebody can work on it now. The others wait
    -- and come back by themselves.
  band INTEGER NOT NULL, -- 0 = priority urgent, 1 = all others.
  next_due_at TIMESTAMPTZ, -- When the ticket is due next (UTC); NULL = nothing is due.
  waiting_since TIMESTAMPTZ NOT NULL, -- Oldest unanswered customer contact; else, where no agent
    -- ever answered, the opening; else the latest activation or reopening (UTC).
  opened_at TIMESTAMPTZ NOT NULL, -- When the ticket was opened (UTC).
  kind VARCHAR NOT NULL, -- request, feedback or task.
  channel VARCHAR NOT NULL, -- Channel through which it was opened.
  type VARCHAR, -- Type of the request; NULL for none.
  tier VARCHAR, -- Tier of service; NULL for none.
  priority VARCHAR, -- Priority; NULL for none.
  customer_id VARCHAR, -- customer.id of the requester; NULL for none.
  waits_until TIMESTAMPTZ -- When a waiting ticket comes back by itself (UTC); NULL for never, and
    -- where it does not wait.
);

-- name: apply
DELETE FROM queue_entry
WHERE number IN (SELECT number FROM ticket_next);

INSERT INTO queue_entry
SELECT
  number,
  CASE
    WHEN agent_id IS NOT NULL THEN 'agent'
    WHEN group_id IS NOT NULL THEN 'group'
    ELSE 'intake'
  END,
  group_id,
  agent_id,
  status,
  status IN ('new', 'open'),
  CASE WHEN priority = 'urgent' THEN 0 ELSE 1 END,
  NULL,
  coalesce(
    unanswered_since,
    CASE WHEN agent_contacts > 0 THEN activated_at END,
    opened_at
  ),
  opened_at,
  kind,
  channel,
  type,
  tier,
  priority,
  customer_id,
  waits_until
FROM ticket_next
WHERE status NOT IN ('solved', 'closed');

-- name: page
SELECT
  number,
  queue,
  group_id,
  agent_id,
  status,
  workable,
  band,
  next_due_at,
  waiting_since,
  opened_at,
  channel,
  type,
  tier,
  priority,
  customer_id,
  waits_until
FROM queue_entry
WHERE ($queue IS NULL OR queue = $queue)
  AND ($group_id IS NULL OR group_id = $group_id)
  AND ($agent_id IS NULL OR agent_id = $agent_id)
  AND ($workable IS NULL OR workable = $workable)
  AND (
    $after_number IS NULL
    OR (band, coalesce(next_due_at, 'infinity'), waiting_since, number) > (
      $after_band::INTEGER,
      coalesce($after_due_at::TIMESTAMPTZ, 'infinity'),
      $after_waiting_since::TIMESTAMPTZ,
      $after_number::BIGINT
    )
  )
ORDER BY
  band,
  next_due_at NULLS LAST,
  waiting_since,
  number
LIMIT $size;

-- name: count
SELECT
  count(*)
FROM queue_entry
WHERE ($queue IS NULL OR queue = $queue)
  AND ($group_id IS NULL OR group_id = $group_id)
  AND ($agent_id IS NULL OR agent_id = $agent_id)
  AND ($workable IS NULL OR workable = $workable);

-- name: oldest
SELECT
  number,
  queue,
  group_id,
  agent_id,
  status,
  workable,
  band,
  next_due_at,
  waiting_since,
  opened_at,
  channel,
  type,
  tier,
  priority,
  customer_id,
  waits_until
FROM queue_entry
ORDER BY
  opened_at,
  number
LIMIT $size;
