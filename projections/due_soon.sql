-- What is due next, and what is late.

-- name: tables
-- One row per unsettled ticket that is due at some time, in the order in which people look at it:
-- next_due_at, number; what is late comes first by itself. At an instant t it is late where
-- next_due_at < t, whether or not a breach is recorded.
CREATE VIEW due_soon (
  number, -- Number of the ticket: ticket.number.
  next_due_at, -- When it is due next (UTC): queue_entry.next_due_at.
  metric, -- What is due then: clock.metric; NULL where somebody said by when it is to be done.
  instance, -- clock.instance; NULL together with metric.
  policy, -- Name of the policy that promised it; NULL together with metric.
  state, -- What is recorded of the clock: running or breached; NULL together with metric.
  provisional, -- True where the list of public holidays is not settled up to then; NULL together with
    -- metric.
  queue, -- Whose queue: agent, group or intake.
  group_id, -- agent_group.id of the ticket's group; NULL for none.
  agent_id, -- agent.id of the responsible agent; NULL where queue is not agent.
  status, -- new, open, pending or on_hold.
  workable, -- True for new and open: somebody can work on it now.
  band, -- 0 = priority urgent, or a tier that the desk marks front; 1 = all others.
  type, -- Type of the request; NULL for none.
  tier, -- Tier of service; NULL for none.
  priority, -- Priority; NULL for none.
  customer_id -- customer.id of the requester; NULL for none.
) AS
SELECT
  entry.number,
  entry.next_due_at,
  due.clock.metric,
  due.clock.instance,
  due.clock.policy,
  due.clock.state,
  due.clock.provisional,
  entry.queue,
  entry.group_id,
  entry.agent_id,
  entry.status,
  entry.workable,
  entry.band,
  entry.type,
  entry.tier,
  entry.priority,
  entry.customer_id
FROM queue_entry AS entry
LEFT JOIN (
  SELECT
    ticket,
    due_at,
    arg_min(clock, metric) AS clock
  FROM clock
  WHERE phase <> 'stopped'
    AND due_at IS NOT NULL
  GROUP BY
    ticket,
    due_at
) AS due
  ON due.ticket = entry.number
  AND due.due_at = entry.next_due_at
WHERE entry.next_due_at IS NOT NULL;

-- name: page
-- Found by what orders it, and only then its clocks are looked up.
WITH page AS (
  SELECT
    number,
    next_due_at,
    queue,
    group_id,
    agent_id,
    status,
    band,
    priority
  FROM queue_entry
  WHERE {readable}
    AND next_due_at IS NOT NULL
    AND ($before IS NULL OR next_due_at < $before)
    AND ($queue IS NULL OR queue = $queue)
    AND ($group_id IS NULL OR group_id = $group_id)
    AND ($agent_id IS NULL OR agent_id = $agent_id)
    AND ($workable IS NULL OR workable = $workable)
    AND (
      $after_number IS NULL
      OR (next_due_at, number) > ($after_due_at::TIMESTAMPTZ, $after_number::BIGINT)
    )
  ORDER BY
    next_due_at,
    number
  LIMIT $size
)
SELECT
  page.number,
  page.next_due_at,
  page.next_due_at < $now AS late,
  clock.metric,
  clock.instance,
  clock.policy,
  page.queue,
  page.group_id,
  page.agent_id,
  page.status,
  page.band,
  page.priority
FROM page
LEFT JOIN clock
  ON clock.ticket = page.number
  AND clock.due_at = page.next_due_at
  AND clock.phase <> 'stopped'
QUALIFY row_number() OVER (PARTITION BY page.number ORDER BY clock.metric) = 1
ORDER BY
  page.next_due_at,
  page.number;

-- name: count
SELECT
  count(*),
  count(*) FILTER (next_due_at < $now)
FROM queue_entry
WHERE {readable}
  AND next_due_at IS NOT NULL
  AND ($before IS NULL OR next_due_at < $before)
  AND ($queue IS NULL OR queue = $queue)
  AND ($group_id IS NULL OR group_id = $group_id)
  AND ($agent_id IS NULL OR agent_id = $agent_id)
  AND ($workable IS NULL OR workable = $workable);
