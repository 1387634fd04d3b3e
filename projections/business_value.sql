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
span AS MATERIALIZED (
  FROM business_span
),
day AS MATERIALIZED (
  FROM business_day
),
-- The settles, and the instants at which what they measure began and ended.
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
instant AS NOT MATERIALIZED (
  SELECT
    ticket,
    episode,
    settled_at,
    unnest(['began', 'assigned', 'responded', 'settled']) AS part,
    1 AS sign,
    unnest([began_at, assigned_at, responded_at, settled_at]) AS happened_at,
    true AS is_own,
    false AS is_handled
  FROM settled
  UNION ALL BY NAME
  SELECT
    settled.ticket,
    settled.episode,
    settled.settled_at,
    standing.status AS part,
    unnest([-1, 1]) AS sign,
    unnest([standing.began_at, standing.ended_at]) AS happened_at,
    standing.episode = settled.episode AS is_own,
    standing.status = 'open' AND standing.agent_id IS NOT NULL AS is_handled
  FROM settled
  JOIN standing_span_ended AS standing
    ON standing.ticket = settled.ticket
    AND standing.episode <= settled.episode
  WHERE standing.status IN ('new', 'open', 'pending', 'on_hold')
),
-- Of each settle, how much business time had passed at each instant.
passed AS NOT MATERIALIZED (
  SELECT
    instant.ticket,
    instant.episode,
    instant.settled_at,
    instant.part,
    instant.is_own,
    instant.is_handled,
    instant.sign * coalesce(
      span.worked_before + least(epoch_us(instant.happened_at), span.ended_us) - span.began_us, 0
    ) AS amount
  FROM instant
  ASOF LEFT JOIN span
    ON epoch_us(instant.happened_at) >= span.began_us
),
measured AS NOT MATERIALIZED (
  SELECT
    ticket,
    episode,
    settled_at,
    sum(amount) FILTER (part = 'began') AS began,
    sum(amount) FILTER (part = 'assigned') AS assigned,
    sum(amount) FILTER (part = 'responded') AS responded,
    sum(amount) FILTER (part = 'settled') AS settled,
    coalesce(sum(amount) FILTER (part = 'new' AND is_own), 0) AS time_new,
    coalesce(sum(amount) FILTER (part = 'open' AND is_own), 0) AS time_open,
    coalesce(sum(amount) FILTER (part = 'pending' AND is_own), 0) AS time_pending,
    coalesce(sum(amount) FILTER (part = 'on_hold' AND is_own), 0) AS time_on_hold,
    coalesce(sum(amount) FILTER (is_handled AND is_own), 0) AS handled,
    coalesce(sum(amount) FILTER (part IN ('new', 'open')), 0) AS net,
    coalesce(sum(amount) FILTER (part IN ('pending', 'on_hold')), 0) AS paused
  FROM passed
  GROUP BY
    ticket,
    episode,
    settled_at
),
told AS NOT MATERIALIZED (
  SELECT
    ticket,
    episode,
    settled_at,
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
      net + paused,
      net,
      handled,
      assigned - began,
      responded - assigned,
      settled - responded,
      time_new,
      time_open,
      time_pending,
      time_on_hold
    ]) AS amount
  FROM measured
),
value AS NOT MATERIALIZED (
  SELECT
    told.figure,
    told.settled_at AS occurred_at,
    told.ticket,
    told.episode,
    told.amount,
    episode.* EXCLUDE (ticket, episode)
  FROM told
  JOIN episode
    ON episode.ticket = told.ticket
    AND episode.episode = told.episode
    AND episode.settled_at = told.settled_at
  UNION ALL BY NAME
  SELECT
    'first_response_time' AS figure,
    response.* EXCLUDE (version, opened_at),
    coalesce(span.worked_before + least(epoch_us(response.occurred_at), span.ended_us) - span.began_us, 0)
      - coalesce(earlier.worked_before + least(epoch_us(response.opened_at), earlier.ended_us)
        - earlier.began_us, 0) AS amount
  FROM first_response AS response
  ASOF LEFT JOIN span
    ON epoch_us(response.occurred_at) >= span.began_us
  ASOF LEFT JOIN span AS earlier
    ON epoch_us(response.opened_at) >= earlier.began_us
  WHERE response.direction = 'in'
)
SELECT
  'business_' || value.figure,
  value.occurred_at,
  value.ticket,
  value.episode,
  value.amount::BIGINT,
  CASE WHEN NOT day.is_known THEN TIMESTAMPTZ '9999-12-31 00:00:00+00' END,
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
ASOF JOIN day
  ON epoch_us(value.occurred_at) >= day.began_us
WHERE epoch_us(value.occurred_at) < day.ended_us;
