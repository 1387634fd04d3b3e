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
  sets_party,
  group_id,
  agent_id,
  CASE WHEN type IN ('TicketOpened', 'TicketClassified', 'TicketPrioritised') THEN
    json_extract(after, [
      '$.type_code', '$.tier', '$.priority', '$.stage', '$.kind', '$.direction', '$.channel',
      '$.inbox', '$.configuration.workflow.id', '$.configuration.workflow.version',
      '$.configuration.variant'
    ])
  END AS stated,
  detail,
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

-- An attribute that an event sets is a list of one, so that a NULL that is set differs from
-- nothing said.
CREATE OR REPLACE TEMP TABLE standing_feed AS
WITH
told AS (
  SELECT
    * EXCLUDE (stated, group_id, agent_id),
    CASE WHEN sets_party THEN {'group_id': group_id, 'agent_id': agent_id} END AS party,
    sets_party AND agent_id IS NOT NULL AS takes,
    takes AS assigned_ever,
    CASE WHEN stated[1] IS NOT NULL THEN [stated[1] ->> '$'] END AS type,
    CASE WHEN stated[2] IS NOT NULL THEN [stated[2] ->> '$'] END AS tier,
    CASE WHEN stated[3] IS NOT NULL THEN [stated[3] ->> '$'] END AS priority,
    CASE WHEN stated[4] IS NOT NULL THEN [stated[4] ->> '$'] END AS stage,
    (event = 'TicketOpened')::INTEGER AS episodes,
    answers::INTEGER AS answers_known
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
    true AS sets_party,
    {'group_id': known.group_id, 'agent_id': known.agent_id} AS party,
    carried.taken_in_group AS takes,
    known.first_assigned_at IS NOT NULL AS assigned_ever,
    [known.type] AS type,
    [known.tier] AS tier,
    [known.priority] AS priority,
    [known.stage] AS stage,
    carried.episode AS episodes,
    (known.first_answered_at IS NOT NULL)::INTEGER AS answers_known
  FROM episode_carried AS carried
  JOIN ticket_replaced AS known
    ON known.number = carried.ticket
),
held AS (
  SELECT
    * REPLACE (
      bool_or(assigned_ever) OVER steps AS assigned_ever,
      last_value(status IGNORE NULLS) OVER steps AS status,
      last_value(party IGNORE NULLS) OVER steps AS party,
      (last_value(type IGNORE NULLS) OVER steps)[1] AS type,
      (last_value(tier IGNORE NULLS) OVER steps)[1] AS tier,
      (last_value(priority IGNORE NULLS) OVER steps)[1] AS priority,
      (last_value(stage IGNORE NULLS) OVER steps)[1] AS stage
    ),
    last_value(status IGNORE NULLS) OVER earlier AS status_before,
    last_value(party IGNORE NULLS) OVER earlier AS party_before,
    answers AND sum(answers_known) OVER steps = 1 AS answers_first,
    lead(CASE WHEN NOT answers THEN occurred_at END IGNORE NULLS) OVER steps AS ended_at
  FROM told
  WINDOW
    steps AS (PARTITION BY ticket ORDER BY step),
    earlier AS (
      PARTITION BY ticket
      ORDER BY step
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
placed AS (
  SELECT
    *,
    event = 'TicketOpened'
      OR (status_before IN ('solved', 'closed') AND status NOT IN ('solved', 'closed')) AS begins,
    status_before NOT IN ('solved', 'closed') AND status IN ('solved', 'closed') AS ends,
    -- The steps at which the ticket came to its group, and last to an agent.
    max(step) FILTER (
      event IN ('TicketOpened', 'Carried')
      OR party.group_id IS DISTINCT FROM party_before.group_id
    ) OVER steps AS group_step,
    max(step) FILTER (takes) OVER steps AS agent_step,
    max(step) FILTER (takes) OVER earlier AS agent_step_before
  FROM held
  WINDOW
    steps AS (PARTITION BY ticket ORDER BY step),
    earlier AS (
      PARTITION BY ticket
      ORDER BY step
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT
  * EXCLUDE (group_step, agent_step, agent_step_before, episodes, answers_known, takes),
  sum(CASE WHEN begins AND event <> 'TicketOpened' THEN 1 ELSE episodes END)
    OVER (PARTITION BY ticket ORDER BY step)::INTEGER AS episode,
  coalesce(agent_step >= group_step, false) AS taken,
  coalesce(agent_step_before >= group_step, false) AS taken_before,
  party.group_id AS group_id,
  party.agent_id AS agent_id,
  party_before.group_id AS group_before,
  party_before.agent_id AS agent_before,
  -- From one agent or group to another; leaving the intake, and the first take inside a group since
  -- the ticket came to it, are none.
  event = 'TicketAssigned'
    AND coalesce(agent_before, group_before) IS NOT NULL
    AND coalesce(party.agent_id, party.group_id) IS NOT NULL
    AND CASE
      WHEN agent_before IS NULL AND party.agent_id IS NOT NULL
        THEN taken_before OR party.group_id IS DISTINCT FROM group_before
      WHEN agent_before IS NULL AND party.agent_id IS NULL
        THEN party.group_id <> group_before
      ELSE party.agent_id IS DISTINCT FROM agent_before
    END AS hand_over
FROM placed;
