-- The figures of times as the desk's own calendar counts them.

-- name: tables
-- One row per value, as in figure_value, of the times in the desk's business time: the time between
-- two instants is what has passed of business_span. Only of values that end on a day that a calendar
-- counts.
CREATE VIEW business_value (
  figure, -- Name of the figure: business_ and the name that the time has in figure_value.
  occurred_at, -- When the event that ends the value happened (UTC).
  ticket, -- Number of the ticket: ticket.number.
  episode, -- Which episode of the ticket: episode.episode. NULL for the first response.
  amount, -- Microseconds of business time.
  final_at, -- 9999-12-31 (UTC) where the calendar is not known so far for the day of the event; NULL
    -- where only a late fact can change the value.
  kind, -- request, feedback or task; figures count requests.
  direction, -- Who began the ticket: in = a customer; out, internal = the desk.
  channel, -- Channel through which it was opened.
  inbox, -- Address, number or form at which it arrived; NULL for none.
  workflow, -- Id of the workflow; default = the shipped one.
  workflow_version, -- Version of the workflow; 0 = shipped with the software.
  variant, -- Arm of a pilot that the ticket fell into; NULL for none.
  type, -- Type; NULL for none.
  tier, -- Tier; NULL for none.
  priority, -- Priority; NULL for none.
  stage, -- Stage; NULL for none.
  group_id, -- Group; NULL for none.
  agent_id -- Responsible agent; NULL where a queue was responsible.
) AS
WITH
-- Days that no calendar counts, and those whose holidays are not settled, are always the last ones.
reach AS MATERIALIZED (
  SELECT
    make_timestamptz(max(ended_us)) AS counted_until,
    make_timestamptz(min(began_us) FILTER (NOT is_known)) AS known_until
  FROM business_day
),
slot AS MATERIALIZED (
  FROM business_slot
),
-- The settles, and the instants between which their three steps lie.
settled AS NOT MATERIALIZED (
  SELECT
    episode.*,
    least(coalesce(first_assigned_at, settled_at), settled_at) AS assigned_at,
    greatest(
      assigned_at, least(coalesce(first_response_at, settled_at), settled_at)
    ) AS responded_at
  FROM episode
  WHERE NOT discarded
),
-- What is measured of each settle: its three steps, and the unsettled spans of its ticket.
stretch AS NOT MATERIALIZED (
  SELECT
    ticket,
    episode,
    settled_at,
    unnest(['assignment', 'response', 'solution']) AS part,
    unnest([began_at, assigned_at, responded_at]) AS began_at,
    unnest([assigned_at, responded_at, settled_at]) AS ended_at,
    true AS is_own,
    false AS is_handled
  FROM settled
  UNION ALL BY NAME
  SELECT
    settled.ticket,
    settled.episode,
    settled.settled_at,
    standing.status AS part,
    standing.began_at,
    standing.ended_at,
    standing.episode = settled.episode AS is_own,
    standing.status = 'open' AND standing.agent_id IS NOT NULL AS is_handled
  FROM settled
  JOIN standing_span_ended AS standing
    ON standing.ticket = settled.ticket
    AND standing.episode <= settled.episode
  WHERE standing.status IN ('new', 'open', 'pending', 'on_hold')
),
worked AS NOT MATERIALIZED (
  SELECT
    stretch.* EXCLUDE (began_at, ended_at),
    coalesce(
      last.worked_before + least(epoch_us(stretch.ended_at), last.ended_us) - last.began_us, 0
    ) - coalesce(
      first.worked_before + least(epoch_us(stretch.began_at), first.ended_us) - first.began_us, 0
    ) AS amount
  FROM stretch
  LEFT JOIN slot AS first
    ON first.slot = epoch_us(stretch.began_at) // 14400000000
    AND epoch_us(stretch.began_at) >= first.began_us
    AND epoch_us(stretch.began_at) < first.next_us
  LEFT JOIN slot AS last
    ON last.slot = epoch_us(stretch.ended_at) // 14400000000
    AND epoch_us(stretch.ended_at) >= last.began_us
    AND epoch_us(stretch.ended_at) < last.next_us
),
measured AS NOT MATERIALIZED (
  SELECT
    ticket,
    episode,
    settled_at,
    sum(amount) FILTER (part = 'assignment') AS to_assignment,
    sum(amount) FILTER (part = 'response') AS to_response,
    sum(amount) FILTER (part = 'solution') AS to_solution,
    coalesce(sum(amount) FILTER (part = 'new' AND is_own), 0) AS time_new,
    coalesce(sum(amount) FILTER (part = 'open' AND is_own), 0) AS time_open,
    coalesce(sum(amount) FILTER (part = 'pending' AND is_own), 0) AS time_pending,
    coalesce(sum(amount) FILTER (part = 'on_hold' AND is_own), 0) AS time_on_hold,
    coalesce(sum(amount) FILTER (is_handled AND is_own), 0) AS handled,
    coalesce(sum(amount) FILTER (part IN ('new', 'open')), 0) AS net,
    coalesce(sum(amount) FILTER (part IN ('pending', 'on_hold')), 0) AS paused
  FROM worked
  GROUP BY
    ticket,
    episode,
    settled_at
),
value AS NOT MATERIALIZED (
  SELECT
    unnest([
      'resolution_time',
      'net_resolution_time',
      'handling_time',
      'time_to_assignment',
      'time_to_response',
      'time_to_solution',
      'time_new',
      'time_open',
      'time_pending',
      'time_on_hold'
    ]) AS figure,
    unnest([
      measured.net + measured.paused,
      measured.net,
      measured.handled,
      measured.to_assignment,
      measured.to_response,
      measured.to_solution,
      measured.time_new,
      measured.time_open,
      measured.time_pending,
      measured.time_on_hold
    ]) AS amount,
    measured.settled_at AS occurred_at,
    episode.*
  FROM measured
  JOIN episode
    ON episode.ticket = measured.ticket
    AND episode.episode = measured.episode
    AND episode.settled_at = measured.settled_at
  UNION ALL BY NAME
  SELECT
    'first_response_time' AS figure,
    response.* EXCLUDE (version, opened_at),
    coalesce(
      last.worked_before + least(epoch_us(response.occurred_at), last.ended_us) - last.began_us, 0
    ) - coalesce(
      first.worked_before + least(epoch_us(response.opened_at), first.ended_us) - first.began_us, 0
    ) AS amount
  FROM first_response AS response
  LEFT JOIN slot AS first
    ON first.slot = epoch_us(response.opened_at) // 14400000000
    AND epoch_us(response.opened_at) >= first.began_us
    AND epoch_us(response.opened_at) < first.next_us
  LEFT JOIN slot AS last
    ON last.slot = epoch_us(response.occurred_at) // 14400000000
    AND epoch_us(response.occurred_at) >= last.began_us
    AND epoch_us(response.occurred_at) < last.next_us
  WHERE response.direction = 'in'
)
SELECT
  'business_' || value.figure,
  value.occurred_at,
  value.ticket,
  value.episode,
  value.amount::BIGINT,
  CASE WHEN value.occurred_at >= reach.known_until THEN TIMESTAMPTZ '9999-12-31 00:00:00+00' END,
  value.kind,
  value.direction,
  value.channel,
  value.inbox,
  value.workflow,
  value.workflow_version,
  value.variant,
  value.type,
  value.tier,
  value.priority,
  value.stage,
  value.group_id,
  value.agent_id
FROM value
JOIN reach
  ON value.occurred_at < reach.counted_until;
