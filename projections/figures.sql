-- The desk's figures of some periods, by one dimension: n, sum and quantiles of the values that end
-- in each period.

-- name: values
WITH
period AS (
  SELECT
    unnest($names) AS name,
    unnest($begun) AS began_at,
    unnest($ended) AS ended_at
),
own AS (
  FROM figure_value
  WHERE occurred_at >= $began_at
    AND occurred_at < $ended_at
    AND kind = $kind
  {business}
  UNION ALL BY NAME
  -- A breach is one from the due time on, whether or not anybody has recorded it.
  SELECT
    * EXCLUDE (instance, policy_version, counted_at, attained, recorded, margin),
    'sla_attainment' AS figure,
    counted_at AS occurred_at,
    0 AS amount
  FROM sla_attainment
  WHERE NOT recorded
    AND counted_at >= $began_at
    AND counted_at < least($ended_at::TIMESTAMPTZ, $known_at::TIMESTAMPTZ)
    AND kind = $kind
),
settled AS (
  FROM episode
  WHERE settled_at >= $began_at
    AND settled_at < $ended_at
    AND kind = $kind
    AND NOT discarded
),
-- Whose tickets were settled. Both sides are materialised: customers have few tickets, which the
-- planner does not know, and would look up all of each.
served AS MATERIALIZED (
  SELECT
    ticket.customer_id,
    settled.ticket,
    settled.episode,
    settled.settled_at,
    settled.type
  FROM settled
  JOIN ticket
    ON ticket.number = settled.ticket
),
-- What was opened soon enough to be a repeat, and by whom.
later AS MATERIALIZED (
  SELECT
    ticket.customer_id,
    episode.began_at,
    episode.began_type
  FROM episode
  JOIN ticket
    ON ticket.number = episode.ticket
  WHERE episode.episode = 1
    AND episode.kind = 'request'
    AND episode.began_at > $began_at
    AND episode.began_at <= $ended_at::TIMESTAMPTZ + INTERVAL 720 HOURS
),
-- The settles after which the same customer opened another request of the same type.
repeated AS (
  SELECT DISTINCT
    served.ticket,
    served.episode
  FROM served
  JOIN later
    ON later.customer_id = served.customer_id
  WHERE later.began_type IS NOT DISTINCT FROM served.type
    AND later.began_at > served.settled_at
    AND later.began_at <= served.settled_at + INTERVAL 720 HOURS
),
-- Given to a group or agent.
given AS (
  SELECT *
  FROM assignment
  WHERE occurred_at >= $began_at
    AND occurred_at < $ended_at
    AND kind = $kind
    AND coalesce(agent_id, group_id) IS NOT NULL
    AND (
      agent_id IS DISTINCT FROM agent_before
      OR group_id IS DISTINCT FROM group_before
    )
),
-- Changed to another group soon.
misdirected AS (
  SELECT DISTINCT
    given.ticket,
    given.version
  FROM given
  JOIN assignment AS later
    ON later.ticket = given.ticket
  WHERE later.occurred_at >= $began_at
    AND later.occurred_at < $ended_at::TIMESTAMPTZ + INTERVAL 31 MINUTES
    AND (later.occurred_at, later.version) > (given.occurred_at, given.version)
    AND later.occurred_at <= given.occurred_at + INTERVAL 30 MINUTES
    AND later.group_id IS NOT NULL
    AND later.group_id IS DISTINCT FROM given.group_id
),
value AS (
  FROM own
  UNION ALL BY NAME
  SELECT
    settled.*,
    'repeat_rate' AS figure,
    settled.settled_at AS occurred_at,
    (repeated.ticket IS NOT NULL)::BIGINT AS amount,
    settled.settled_at + INTERVAL 720 HOURS AS final_at
  FROM settled
  LEFT JOIN repeated
    ON repeated.ticket = settled.ticket
    AND repeated.episode = settled.episode
  UNION ALL BY NAME
  SELECT
    given.* EXCLUDE (version, reason, group_before, agent_before, hand_over),
    'wrong_assignment' AS figure,
    (misdirected.ticket IS NOT NULL)::BIGINT AS amount,
    given.occurred_at + INTERVAL 30 MINUTES AS final_at
  FROM given
  LEFT JOIN misdirected
    ON misdirected.ticket = given.ticket
    AND misdirected.version = given.version
)
SELECT
  period.name,
  CASE $dimension
    WHEN 'type' THEN type
    WHEN 'channel' THEN channel
    WHEN 'inbox' THEN inbox
    WHEN 'tier' THEN tier
    WHEN 'priority' THEN priority
    WHEN 'stage' THEN stage
    WHEN 'direction' THEN direction
    WHEN 'group' THEN group_id
    WHEN 'agent' THEN agent_id
    WHEN 'workflow' THEN concat(workflow, '/', workflow_version)
    WHEN 'variant' THEN variant
    WHEN 'metric' THEN metric
    WHEN 'policy' THEN policy
  END AS dimension,
  figure,
  count(*) AS n,
  sum(amount)::BIGINT AS sum,
  quantile_disc(amount, [0.5, 0.9]) AS quantiles,
  coalesce(max(final_at) > $known_at, false) AS provisional
FROM value
JOIN period
  ON value.occurred_at >= period.began_at
  AND value.occurred_at < period.ended_at
WHERE ($group_id IS NULL OR group_id = $group_id)
  AND ($agent_id IS NULL OR agent_id = $agent_id)
  -- Only clocks have a metric and a policy.
  AND (metric IS NOT NULL OR $dimension IS NULL OR $dimension NOT IN ('metric', 'policy'))
GROUP BY ALL
ORDER BY ALL;

-- name: has_calendar
SELECT count(*) > 0
FROM configuration
WHERE kind = 'desk'
  AND (document ->> '$.calendar') IS NOT NULL;

-- name: business
UNION ALL BY NAME
FROM business_value
WHERE occurred_at >= $began_at
  AND occurred_at < $ended_at
  AND kind = $kind

-- name: backlog
SELECT
  period.name,
  CASE $dimension
    WHEN 'type' THEN span.type
    WHEN 'channel' THEN episode.channel
    WHEN 'inbox' THEN episode.inbox
    WHEN 'tier' THEN span.tier
    WHEN 'priority' THEN span.priority
    WHEN 'stage' THEN span.stage
    WHEN 'direction' THEN episode.direction
    WHEN 'group' THEN span.group_id
    WHEN 'agent' THEN span.agent_id
    WHEN 'workflow' THEN concat(episode.workflow, '/', episode.workflow_version)
    WHEN 'variant' THEN episode.variant
  END AS dimension,
  count(*) AS backlog,
  count(*) FILTER (
    episode.direction = 'in'
    AND (first_response.ticket IS NULL OR first_response.occurred_at >= period.at_end)
  ) AS awaiting_first_response,
  {stuck} AS stuck
FROM (
  FROM standing_span
  WHERE status IN ('new', 'open', 'pending', 'on_hold')
    AND began_at < $ended_at
    AND (ended_at IS NULL OR ended_at >= $first_end)
) AS span
JOIN (
  SELECT
    unnest($names) AS name,
    least(unnest($ended), $known_at) AS at_end
) AS period
  ON span.began_at < period.at_end
  AND (span.ended_at IS NULL OR span.ended_at >= period.at_end)
JOIN episode
  ON episode.ticket = span.ticket
  AND episode.episode = span.episode
LEFT JOIN first_response
  ON first_response.ticket = span.ticket
{step}
WHERE episode.kind = $kind
  AND ($group_id IS NULL OR span.group_id = $group_id)
  AND ($agent_id IS NULL OR span.agent_id = $agent_id)
GROUP BY ALL
ORDER BY ALL;
