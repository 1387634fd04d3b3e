-- What happened at the desk on each of its days.

-- name: tables
-- The zone whose local dates are the desk's days: one row, none before the desk has a zone.
CREATE VIEW desk_zone (
  zone -- IANA name, such as Asia/Shanghai.
) AS
SELECT after ->> '$.document.zone'
FROM stream_event
WHERE stream = 'desk'
  AND type = 'Published'
ORDER BY version DESC
LIMIT 1;

-- One row per local day of the desk and combination of the columns about the ticket, where anything
-- was counted. On each day, over all combinations and over each column that a ticket keeps for life
-- (kind, direction, channel, inbox, workflow, workflow_version, variant): backlog = that of the day
-- before + opened + reopened - settled - discarded. Between the values of the other columns tickets
-- also move. The last day is as far as the tables are.
CREATE VIEW desk_day (
  day, -- Local date in the desk's zone.
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
  agent_id, -- Responsible agent; NULL where a queue was responsible.
  opened, -- Number of tickets opened.
  reopened, -- Number of changes from solved or closed to an unsettled status.
  settled, -- Number of changes from an unsettled status to solved or closed, discards apart.
  discarded, -- Number of changes from an unsettled status to closed as merged, spam, duplicate, test.
  backlog -- Number of tickets unsettled at the day's end.
) AS
SELECT
  day,
  kind,
  direction,
  channel,
  inbox,
  workflow,
  workflow_version,
  variant,
  type,
  tier,
  priority,
  stage,
  group_id,
  agent_id,
  count(*) FILTER (figure = 'opened'),
  count(*) FILTER (figure = 'reopened'),
  count(*) FILTER (figure = 'settled'),
  count(*) FILTER (figure = 'discarded'),
  count(*) FILTER (figure = 'backlog')
FROM (
  SELECT
    figure_value.* EXCLUDE (occurred_at, ticket, episode, amount, final_at),
    timezone(desk_zone.zone, occurred_at)::DATE AS day
  FROM figure_value, desk_zone
  WHERE figure IN ('opened', 'reopened', 'settled', 'discarded')
  UNION ALL BY NAME
  SELECT
    'backlog' AS figure,
    episode.kind,
    episode.direction,
    episode.channel,
    episode.inbox,
    episode.workflow,
    episode.workflow_version,
    episode.variant,
    span.type,
    span.tier,
    span.priority,
    span.stage,
    span.group_id,
    span.agent_id,
    -- A span is in the backlog of every day that ended while it held.
    unnest(
      generate_series(
        timezone(desk_zone.zone, span.began_at)::DATE,
        coalesce(
          timezone(desk_zone.zone, span.ended_at)::DATE - 1,
          timezone(desk_zone.zone, latest.happened_at)::DATE
        ),
        INTERVAL 1 DAY
      )
    )::DATE AS day
  FROM standing_span AS span
  JOIN episode
    ON episode.ticket = span.ticket
    AND episode.episode = span.episode,
    desk_zone,
    (SELECT max(latest_at) AS happened_at FROM ticket) AS latest
  WHERE span.status IN ('new', 'open', 'pending', 'on_hold')
)
GROUP BY ALL;

-- name: zone
SELECT zone
FROM desk_zone;
