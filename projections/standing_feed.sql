-- What a micro-batch says about how tickets stand: every event about status, party or class, and
-- every counted agent contact, each with what held since it, and in which episode of its ticket.
-- What was known before is carried over from the ticket's row and its latest episode; a ticket of
-- which something was recorded late is fed whole.

-- name: apply
CREATE OR REPLACE TEMP TABLE standing_said AS
SELECT
  ticket,
  step,
  version,
  type AS event,
  occurred_at,
  reason,
  contact IS NOT DISTINCT FROM 'answered' AS answers,
  status,
  status_before,
  settles,
  sets_party,
  group_id,
  agent_id,
  group_before,
  agent_before,
  CASE WHEN type IN ('TicketOpened', 'TicketClassified', 'TicketPrioritised') THEN
    json_extract(after, [
      '$.type_code', '$.tier', '$.priority', '$.stage', '$.kind', '$.direction', '$.channel',
      '$.inbox', '$.configuration.workflow.id', '$.configuration.workflow.version',
      '$.configuration.variant'
    ])
  END AS stated,
  CASE WHEN type = 'TicketSolved' THEN detail ->> ['$.resolution', '$.solver'] END AS solution,
  acting_agent_id,
  decider
FROM ticket_feed
WHERE status IS NOT NULL
  OR sets_party
  OR contact = 'answered'
  OR type IN ('TicketClassified', 'TicketPrioritised');

CREATE OR REPLACE TEMP TABLE episode_carried AS
SELECT
  episode.rowid AS row_id,
  episode.*
FROM episode
WHERE reopened_at IS NULL
  AND ticket IN (SELECT ticket FROM standing_said)
  AND ticket NOT IN (SELECT ticket FROM late_event);

-- What never changes in a ticket's life.
CREATE OR REPLACE TEMP TABLE standing_origin AS
SELECT
  ticket,
  occurred_at AS opened_at,
  stated[5] ->> '$' AS kind,
  stated[6] ->> '$' AS direction,
  stated[7] ->> '$' AS channel,
  stated[8] ->> '$' AS inbox,
  stated[9] ->> '$' AS workflow,
  (stated[10] ->> '$')::INTEGER AS workflow_version,
  stated[11] ->> '$' AS variant
FROM standing_said
WHERE event = 'TicketOpened'
UNION ALL
SELECT
  carried.ticket,
  known.opened_at,
  carried.kind,
  carried.direction,
  carried.channel,
  carried.inbox,
  carried.workflow,
  carried.workflow_version,
  carried.variant
FROM episode_carried AS carried
JOIN ticket_replaced AS known
  ON known.number = carried.ticket;

-- Until the last step, an attribute that is set to nothing is an empty text, so that it differs from
-- one of which nothing is said. All windows have one order: the batch is sorted once.
CREATE OR REPLACE TEMP TABLE standing_feed AS
WITH
told AS (
  SELECT
    * EXCLUDE (status_before, settles, group_id, agent_id, stated, solution),
    CASE WHEN sets_party THEN coalesce(standing_said.group_id, '') END AS group_id,
    CASE WHEN sets_party THEN coalesce(standing_said.agent_id, '') END AS agent_id,
    CASE WHEN stated[1] IS NOT NULL THEN coalesce(stated[1] ->> '$', '') END AS type,
    CASE WHEN stated[2] IS NOT NULL THEN coalesce(stated[2] ->> '$', '') END AS tier,
    CASE WHEN stated[3] IS NOT NULL THEN coalesce(stated[3] ->> '$', '') END AS priority,
    CASE WHEN stated[4] IS NOT NULL THEN coalesce(stated[4] ->> '$', '') END AS stage,
    solution[1] AS resolution,
    solution[2] AS solver_id,
    event = 'TicketOpened'
      OR (status_before IN ('solved', 'closed') AND status NOT IN ('solved', 'closed')) AS begins,
    settles AS ends,
    begins::INTEGER AS episodes,
    CASE WHEN answers THEN step END AS answer_step,
    -- The steps at which the ticket came to a group, and to an agent.
    CASE
      WHEN event = 'TicketOpened'
        OR (sets_party AND standing_said.group_id IS DISTINCT FROM group_before) THEN step
    END AS group_step,
    CASE WHEN sets_party AND standing_said.agent_id IS NOT NULL THEN step END AS agent_step,
    agent_step AS assigned_step
  FROM standing_said
  UNION ALL BY NAME
  SELECT
    carried.ticket,
    0 AS step,
    carried.standing_version AS version,
    'Carried' AS event,
    carried.standing_since AS occurred_at,
    false AS answers,
    known.status,
    coalesce(known.group_id, '') AS group_id,
    coalesce(known.agent_id, '') AS agent_id,
    coalesce(known.type, '') AS type,
    coalesce(known.tier, '') AS tier,
    coalesce(known.priority, '') AS priority,
    coalesce(known.stage, '') AS stage,
    carried.episode AS episodes,
    CASE WHEN known.first_answered_at IS NOT NULL THEN 0 END AS answer_step,
    0 AS group_step,
    CASE WHEN carried.taken_in_group THEN 0 END AS agent_step,
    CASE WHEN known.first_assigned_at IS NOT NULL THEN 0 END AS assigned_step
  FROM episode_carried AS carried
  JOIN ticket_replaced AS known
    ON known.number = carried.ticket
),
held AS (
  SELECT
    * REPLACE (
      last_value(status IGNORE NULLS) OVER steps AS status,
      last_value(group_id IGNORE NULLS) OVER steps AS group_id,
      last_value(agent_id IGNORE NULLS) OVER steps AS agent_id,
      last_value(type IGNORE NULLS) OVER steps AS type,
      last_value(tier IGNORE NULLS) OVER steps AS tier,
      last_value(priority IGNORE NULLS) OVER steps AS priority,
      last_value(stage IGNORE NULLS) OVER steps AS stage,
      last_value(group_step IGNORE NULLS) OVER steps AS group_step,
      last_value(agent_step IGNORE NULLS) OVER steps AS agent_step
    ),
    last_value(agent_step IGNORE NULLS) OVER earlier AS agent_step_before,
    last_value(assigned_step IGNORE NULLS) OVER steps IS NOT NULL AS assigned_ever,
    answers AND last_value(answer_step IGNORE NULLS) OVER earlier IS NULL AS answers_first,
    lead(CASE WHEN NOT answers THEN occurred_at END IGNORE NULLS) OVER steps AS ended_at,
    (sum(episodes) OVER steps)::INTEGER AS episode
  FROM told
  WINDOW
    steps AS (
      PARTITION BY ticket
      ORDER BY step
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ),
    earlier AS (
      PARTITION BY ticket
      ORDER BY step
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT
  * EXCLUDE (
    sets_party,
    episodes,
    answer_step,
    assigned_step,
    group_step,
    agent_step,
    agent_step_before
  ) REPLACE (
    nullif(group_id, '') AS group_id,
    nullif(agent_id, '') AS agent_id,
    nullif(type, '') AS type,
    nullif(tier, '') AS tier,
    nullif(priority, '') AS priority,
    nullif(stage, '') AS stage
  ),
  coalesce(agent_step >= group_step, false) AS taken,
  -- From one agent or group to another; leaving the intake, and the first take inside a group since
  -- the ticket came to it, are none.
  event = 'TicketAssigned'
    AND coalesce(agent_before, group_before) IS NOT NULL
    AND held.agent_id || held.group_id <> ''
    AND CASE
      WHEN agent_before IS NULL AND held.agent_id <> ''
        THEN coalesce(agent_step_before >= group_step, false)
          OR held.group_id <> coalesce(group_before, '')
      WHEN agent_before IS NULL
        THEN held.group_id <> group_before
      ELSE held.agent_id <> agent_before
    END AS hand_over
FROM held;
