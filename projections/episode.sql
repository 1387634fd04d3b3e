-- What each ticket took, from its opening or reopening to its settle.

-- name: tables
-- One row per opening or reopening of a ticket, up to the settle or discard that ends it; the latest
-- row of a ticket has no reopened_at. Times are whole microseconds; those of an episode that goes on
-- are of the spans that are over, so without the one since standing_since. Columns that begin with
-- began_ say how the ticket was at the opening or reopening; those without say how it was at the end,
-- or how it is. A contact or hand-over while the ticket is settled belongs to no episode.
CREATE TABLE episode (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  episode INTEGER NOT NULL, -- 1 from the opening on, 2 from the first reopening on, and so on.
  kind VARCHAR NOT NULL, -- request, feedback or task; figures count requests.
  direction VARCHAR NOT NULL, -- Who began the ticket: in = a customer; out, internal = the desk.
  channel VARCHAR NOT NULL, -- Channel through which it was opened.
  inbox VARCHAR, -- Address, number or form at which it arrived; NULL for none.
  workflow VARCHAR NOT NULL, -- Id of the workflow; default = the shipped one.
  workflow_version INTEGER NOT NULL, -- Version of the workflow; 0 = shipped with the software.
  variant VARCHAR, -- Arm of a pilot that the ticket fell into; NULL for none.
  began_at TIMESTAMPTZ NOT NULL, -- When the ticket was opened or reopened (UTC).
  began_version INTEGER NOT NULL, -- Version of the event that did so: ticket_event.version.
  began_type VARCHAR, -- Type at the beginning; NULL for none.
  began_tier VARCHAR, -- Tier at the beginning; NULL for none.
  began_priority VARCHAR, -- Priority at the beginning; NULL for none.
  began_stage VARCHAR, -- Stage at the beginning; NULL for none.
  began_group_id VARCHAR, -- Group at the beginning; NULL for none.
  began_agent_id VARCHAR, -- Responsible agent at the beginning; NULL for none.
  first_assigned_at TIMESTAMPTZ, -- When an agent was first responsible within the episode (UTC);
    -- began_at where one was from the beginning; NULL = never.
  first_response_at TIMESTAMPTZ, -- First counted agent contact within the episode (UTC); NULL =
    -- none.
  settled_at TIMESTAMPTZ, -- When it was settled or discarded (UTC); NULL = it goes on.
  settled_version INTEGER, -- Version of the event that did so; NULL = it goes on.
  discarded BOOLEAN, -- True where it ended as merged, spam, duplicate or test, which is no settle;
    -- NULL = it goes on.
  settled_by VARCHAR, -- Who settled it: agent, customer, bot, rule, policy, model, service, system or
    -- importer; NULL = it goes on.
  settle_reason VARCHAR, -- Reason of a closing without solving; NULL where it was solved or goes on.
  solver_id VARCHAR, -- agent.id of who has the credit: the acting agent of the settle, else the
    -- agent responsible then; NULL = nobody, a discard, or it goes on.
  resolution VARCHAR, -- How it was solved, as a code of the desk; NULL where it was not.
  automated BOOLEAN, -- True where a customer, bot, rule, policy, model or timeout settled it and it
    -- had no counted agent contact; NULL = it goes on, or was discarded.
  never_assigned BOOLEAN, -- True where no agent had ever been responsible for the ticket when it was
    -- settled; NULL = it goes on.
  agent_contacts INTEGER NOT NULL, -- Number of counted agent contacts.
  hand_overs INTEGER NOT NULL, -- Number of changes of the responsible party from one agent or group
    -- to another: handover.
  time_new BIGINT NOT NULL, -- Microseconds in status new.
  time_open BIGINT NOT NULL, -- Microseconds in status open.
  time_pending BIGINT NOT NULL, -- Microseconds in status pending.
  time_on_hold BIGINT NOT NULL, -- Microseconds in status on_hold.
  handling_time BIGINT NOT NULL, -- Microseconds in status open while an agent was responsible.
  earlier_time BIGINT NOT NULL, -- Unsettled microseconds of the ticket's earlier episodes. Resolution
    -- time of a settle = earlier_time + the four times of the statuses.
  earlier_net_time BIGINT NOT NULL, -- Of these, microseconds in new and open. Net resolution time =
    -- earlier_net_time + time_new + time_open.
  type VARCHAR, -- Type; NULL for none.
  tier VARCHAR, -- Tier; NULL for none.
  priority VARCHAR, -- Priority; NULL for none.
  stage VARCHAR, -- Stage; NULL for none.
  group_id VARCHAR, -- Group; NULL for none.
  agent_id VARCHAR, -- Responsible agent; NULL where a queue is responsible.
  reopened_at TIMESTAMPTZ, -- When the ticket was reopened after it (UTC); NULL = it was not.
  reopen_reason VARCHAR, -- Why it was reopened; NULL where it was not.
  standing_since TIMESTAMPTZ NOT NULL, -- When the latest event about status, party or class happened
    -- (UTC); kept up only in the latest row of a ticket.
  standing_version INTEGER NOT NULL, -- Version of that event.
  taken_in_group BOOLEAN NOT NULL -- Whether an agent has been responsible since the ticket came to
    -- its group; kept up only in the latest row of a ticket.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE episode_next AS
WITH
told AS (
  SELECT
    ticket,
    episode,
    max(if(begins, occurred_at, NULL)) AS began_at,
    max(if(begins, reason, NULL)) AS began_reason,
    -- Until when it says how the episode is or was: not how the ticket is afterwards.
    max(if(goes_on OR ends, step, NULL)) AS held_step,
    min(if(goes_on AND agent_id IS NOT NULL, occurred_at, NULL)) AS first_assigned_at,
    min(if(goes_on AND answers, occurred_at, NULL)) AS first_response_at,
    count(if(goes_on AND answers, 1, NULL)) AS agent_contacts,
    count(if(goes_on AND hand_over, 1, NULL)) AS hand_overs,
    coalesce(sum(if(status = 'new', lasted, NULL)), 0) AS time_new,
    coalesce(sum(if(status = 'open', lasted, NULL)), 0) AS time_open,
    coalesce(sum(if(status = 'pending', lasted, NULL)), 0) AS time_pending,
    coalesce(sum(if(status = 'on_hold', lasted, NULL)), 0) AS time_on_hold,
    coalesce(sum(if(status = 'open' AND agent_id IS NOT NULL, lasted, NULL)), 0) AS handling_time,
    max(if(answers, NULL, occurred_at)) AS standing_since,
    arg_max(version, if(answers, NULL, step)) AS standing_version,
    arg_max(taken, step) AS taken_in_group
  FROM (
    SELECT
      *,
      status NOT IN ('solved', 'closed') AS goes_on,
      CASE WHEN NOT answers THEN epoch_us(ended_at) - epoch_us(occurred_at) END AS lasted
    FROM standing_feed
  )
  GROUP BY ticket, episode
),
beginning AS (
  SELECT *
  FROM standing_feed
  WHERE begins
),
ending AS (
  SELECT
    *,
    event = 'Merged'
      OR (event = 'TicketClosed' AND reason IN ('spam', 'duplicate', 'test')) AS discards,
    CASE
      WHEN discards THEN NULL
      WHEN event = 'TicketSolved' THEN solver_id
      WHEN decider NOT IN ('rule', 'policy', 'model') THEN coalesce(acting_agent_id, agent_id)
      ELSE agent_id
    END AS credited_id
  FROM standing_feed
  WHERE ends
),
-- What an episode has from the others of its ticket, apart from the many columns that it has alone.
turn AS (
  SELECT
    ticket,
    episode,
    lead(began_at) OVER ticket_episodes AS reopened_at,
    lead(began_reason) OVER ticket_episodes AS reopen_reason,
    coalesce(first_value(earlier_time) OVER ticket_episodes, 0)
      + coalesce(sum(took) OVER earlier_episodes, 0) AS earlier_time,
    coalesce(first_value(earlier_net_time) OVER ticket_episodes, 0)
      + coalesce(sum(took_net) OVER earlier_episodes, 0) AS earlier_net_time
  FROM (
    SELECT
      told.ticket,
      told.episode,
      told.began_at,
      told.began_reason,
      carried.earlier_time,
      carried.earlier_net_time,
      coalesce(carried.time_new + carried.time_open, 0) + told.time_new + told.time_open
        AS took_net,
      took_net + coalesce(carried.time_pending + carried.time_on_hold, 0)
        + told.time_pending + told.time_on_hold AS took
    FROM told
    LEFT JOIN episode_carried AS carried
      ON carried.ticket = told.ticket
      AND carried.episode = told.episode
  )
  WINDOW
    ticket_episodes AS (PARTITION BY ticket ORDER BY episode),
    earlier_episodes AS (
      PARTITION BY ticket
      ORDER BY episode
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT
  carried.ticket IS NOT NULL AS is_known,
  carried.settled_at IS NOT NULL AS is_over,
  told.ticket,
  told.episode,
  standing_origin.kind,
  standing_origin.direction,
  standing_origin.channel,
  standing_origin.inbox,
  standing_origin.workflow,
  standing_origin.workflow_version,
  standing_origin.variant,
  coalesce(carried.began_at, told.began_at) AS began_at,
  coalesce(carried.began_version, beginning.version) AS began_version,
  if(is_known, carried.began_type, beginning.type) AS began_type,
  if(is_known, carried.began_tier, beginning.tier) AS began_tier,
  if(is_known, carried.began_priority, beginning.priority) AS began_priority,
  if(is_known, carried.began_stage, beginning.stage) AS began_stage,
  if(is_known, carried.began_group_id, beginning.group_id) AS began_group_id,
  if(is_known, carried.began_agent_id, beginning.agent_id) AS began_agent_id,
  coalesce(carried.first_assigned_at, told.first_assigned_at) AS first_assigned_at,
  coalesce(carried.first_response_at, told.first_response_at) AS first_response_at,
  coalesce(carried.settled_at, ending.occurred_at) AS settled_at,
  coalesce(carried.settled_version, ending.version) AS settled_version,
  coalesce(carried.discarded, ending.discards) AS discarded,
  coalesce(carried.settled_by, ending.decider) AS settled_by,
  if(is_over, carried.settle_reason, ending.reason) AS settle_reason,
  if(is_over, carried.solver_id, ending.credited_id) AS solver_id,
  if(is_over, carried.resolution, ending.resolution) AS resolution,
  CASE
    WHEN is_over THEN carried.automated
    WHEN NOT ending.discards THEN coalesce(carried.agent_contacts, 0) + told.agent_contacts = 0
      AND (
        ending.decider IN ('customer', 'bot', 'rule', 'policy', 'model')
        OR ending.reason IS NOT DISTINCT FROM 'timeout'
      )
  END AS automated,
  coalesce(carried.never_assigned, NOT ending.assigned_ever) AS never_assigned,
  coalesce(carried.agent_contacts, 0) + told.agent_contacts AS agent_contacts,
  coalesce(carried.hand_overs, 0) + told.hand_overs AS hand_overs,
  coalesce(carried.time_new, 0) + told.time_new AS time_new,
  coalesce(carried.time_open, 0) + told.time_open AS time_open,
  coalesce(carried.time_pending, 0) + told.time_pending AS time_pending,
  coalesce(carried.time_on_hold, 0) + told.time_on_hold AS time_on_hold,
  coalesce(carried.handling_time, 0) + told.handling_time AS handling_time,
  turn.earlier_time,
  turn.earlier_net_time,
  if(is_over, carried.type, held.type) AS type,
  if(is_over, carried.tier, held.tier) AS tier,
  if(is_over, carried.priority, held.priority) AS priority,
  if(is_over, carried.stage, held.stage) AS stage,
  if(is_over, carried.group_id, held.group_id) AS group_id,
  if(is_over, carried.agent_id, held.agent_id) AS agent_id,
  turn.reopened_at,
  turn.reopen_reason,
  told.standing_since,
  told.standing_version,
  told.taken_in_group
FROM told
JOIN standing_origin
  ON standing_origin.ticket = told.ticket
LEFT JOIN episode_carried AS carried
  ON carried.ticket = told.ticket
  AND carried.episode = told.episode
JOIN turn
  ON turn.ticket = told.ticket
  AND turn.episode = told.episode
LEFT JOIN beginning
  ON beginning.ticket = told.ticket
  AND beginning.episode = told.episode
LEFT JOIN ending
  ON ending.ticket = told.ticket
  AND ending.episode = told.episode
LEFT JOIN standing_feed AS held
  ON held.ticket = told.ticket
  AND held.step = told.held_step;

DELETE FROM episode
WHERE rowid IN (SELECT row_id FROM episode_carried);

INSERT INTO episode
SELECT * EXCLUDE (is_known, is_over)
FROM episode_next;

-- name: apply_late
DELETE FROM episode
WHERE ticket IN (SELECT ticket FROM late_event);
