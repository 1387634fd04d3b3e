-- What waits to be done, and in which order.

-- name: tables
-- One row per unsettled ticket: in which queue it stands, and what orders the queue. Default
-- order: band, next_due_at (NULL last), waiting_since, number; a total order.
CREATE VIEW queue_entry (
  number, -- Number of the ticket: ticket.number.
  queue, -- Whose queue: agent, group or intake; exactly one party at a time.
  group_id, -- agent_group.id of the ticket's group; NULL for none.
  agent_id, -- agent.id of the responsible agent; NULL where queue is not agent.
  status, -- new, open, pending or on_hold.
  workable, -- True for new and open: somebody can work on it now. The others wait
    -- and come back by themselves.
  band, -- 0 = priority urgent, or a tier that the desk marks front; 1 = all others.
  next_due_at, -- When the ticket is due next (UTC): the earlier of by when somebody said that it is
    -- to be done and of the due times of its clocks that have not stopped. What is late stays the
    -- earliest, whether or not its breach is recorded. NULL = nothing is due.
  waiting_since, -- Oldest unanswered customer contact; else, where no agent ever answered, the
    -- opening; else the latest activation or reopening (UTC).
  opened_at, -- When the ticket was opened (UTC).
  kind, -- request, feedback or task.
  channel, -- Channel through which it was opened.
  type, -- Type of the request; NULL for none.
  tier, -- Tier of service; NULL for none.
  priority, -- Priority; NULL for none.
  escalation_level, -- The highest level to which it, or one of its clocks, was escalated; 0 = never.
  customer_id, -- customer.id of the requester; NULL for none.
  waits_until -- When a waiting ticket comes back by itself (UTC); NULL for never, and where it does
    -- not wait.
) AS
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
  kind,
  channel,
  type,
  tier,
  priority,
  escalation_level,
  customer_id,
  waits_until
FROM ticket_entry
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
WHERE {readable}
  AND ($queue IS NULL OR queue = $queue)
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
WHERE {readable}
  AND ($queue IS NULL OR queue = $queue)
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
