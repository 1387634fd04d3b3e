-- What the desk's figures are counted from: one row per value, with the day and the dimensions of
-- the event that ends it.

-- name: tables
-- Every value of every figure that follows from one ticket and its follow-ups, and of no other
-- stream. A figure of a period is count(*), sum(amount) and quantile_disc(amount, 0.5 and 0.9) over
-- the values whose occurred_at lies in it; a rate is sum(amount) / count(*). Figures count requests:
-- WHERE kind = 'request'. The columns about the ticket say how it was at that event.
CREATE VIEW figure_value (
  figure, -- Name of the figure. Counts, amount 1: opened, reopened, settled, discarded, hand_over.
    -- Times in microseconds: first_response_time, resolution_time, net_resolution_time,
    -- handling_time, time_to_assignment, time_to_response, time_to_solution, time_new, time_open,
    -- time_pending, time_on_hold. Rates, amount 1 or 0: automation_share, first_contact_resolution,
    -- reopen_rate, never_assigned, sla_attainment (of clocks whose outcome is recorded; what is due
    -- and not recorded yet stands in the table sla_attainment).
  occurred_at, -- When the event that ends the value happened (UTC).
  ticket, -- Number of the ticket: ticket.number.
  episode, -- Which episode of the ticket: episode.episode. NULL for first_response_time.
  amount, -- The value: 1, microseconds, or 1 for yes and 0 for no.
  final_at, -- Until when the value may still change because of what happens later (UTC); NULL where
    -- only a late fact can change it.
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
  metric, -- What the clock measures; NULL for figures other than sla_attainment.
  policy -- Name of the policy that judged the clock; NULL for figures other than sla_attainment.
) AS
SELECT
  CASE WHEN episode = 1 THEN 'opened' ELSE 'reopened' END,
  began_at,
  ticket,
  episode,
  1,
  NULL,
  kind,
  direction,
  channel,
  inbox,
  workflow,
  workflow_version,
  variant,
  began_type,
  began_tier,
  began_priority,
  began_stage,
  began_group_id,
  began_agent_id,
  -- Comments of a view's columns go by the names of its first query's.
  NULL AS metric,
  NULL AS policy
FROM episode
UNION ALL
SELECT
  told.figure,
  settled_at,
  ticket,
  episode,
  told.amount,
  CASE
    WHEN told.figure IN ('first_contact_resolution', 'reopen_rate')
      THEN settled_at + INTERVAL 168 HOURS
  END,
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
  NULL,
  NULL
FROM (
  SELECT
    *,
    unnest(
      CASE WHEN discarded THEN
        [{'figure': 'discarded', 'amount': 1::BIGINT}]
      ELSE [
        {'figure': 'settled', 'amount': 1},
        {
          'figure': 'resolution_time',
          'amount': earlier_time + time_new + time_open + time_pending + time_on_hold
        },
        {'figure': 'net_resolution_time', 'amount': earlier_net_time + time_new + time_open},
        {'figure': 'handling_time', 'amount': handling_time},
        {'figure': 'time_to_assignment', 'amount': epoch_us(assigned_at) - epoch_us(began_at)},
        {'figure': 'time_to_response', 'amount': epoch_us(responded_at) - epoch_us(assigned_at)},
        {'figure': 'time_to_solution', 'amount': epoch_us(settled_at) - epoch_us(responded_at)},
        {'figure': 'time_new', 'amount': time_new},
        {'figure': 'time_open', 'amount': time_open},
        {'figure': 'time_pending', 'amount': time_pending},
        {'figure': 'time_on_hold', 'amount': time_on_hold},
        {'figure': 'automation_share', 'amount': automated::BIGINT},
        {'figure': 'never_assigned', 'amount': never_assigned::BIGINT},
        {'figure': 'reopen_rate', 'amount': came_back::BIGINT},
        {
          'figure': 'first_contact_resolution',
          'amount': CASE
            WHEN episode = 1 AND NOT automated THEN (agent_contacts <= 1 AND NOT came_back)::BIGINT
          END
        }
      ] END
    ) AS told
  FROM (
    SELECT
      episode.*,
      -- Never before the assignment, never after the settle.
      least(coalesce(first_assigned_at, settled_at), settled_at) AS assigned_at,
      greatest(
        assigned_at, least(coalesce(first_response_at, settled_at), settled_at)
      ) AS responded_at,
      coalesce(
        reopened_at <= settled_at + INTERVAL 168 HOURS AND reopen_reason <> 'mistake', false
      ) OR coalesce(
        list_bool_or([
          followed_at > settled_at AND followed_at <= settled_at + INTERVAL 168 HOURS
          FOR followed_at IN follow_up.opened_at
        ]), false
      ) AS came_back
    FROM episode
    LEFT JOIN (
      SELECT
        ticket.number,
        list(later.opened_at) AS opened_at
      FROM ticket AS later
      JOIN ticket
        ON ticket.id = later.origin ->> '$.ticket'
      WHERE later.origin IS NOT NULL
        AND later.origin ->> '$.relation' = 'follow_up_of'
      GROUP BY ticket.number
    ) AS follow_up
      ON follow_up.number = episode.ticket
    WHERE settled_at IS NOT NULL
  )
)
WHERE told.amount IS NOT NULL
UNION ALL
SELECT
  'first_response_time',
  first_response.occurred_at,
  first_response.ticket,
  NULL,
  epoch_us(first_response.occurred_at) - epoch_us(opened_at),
  NULL,
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
  NULL,
  NULL
FROM first_response
WHERE direction = 'in'
UNION ALL
SELECT
  'hand_over',
  occurred_at,
  ticket,
  episode,
  1,
  NULL,
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
  NULL,
  NULL
FROM assignment
WHERE hand_over
UNION ALL
SELECT
  'sla_attainment',
  counted_at,
  ticket,
  episode,
  attained::BIGINT,
  final_at,
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
  metric,
  policy
FROM sla_attainment
WHERE recorded;

-- One row per settle: how its episode is made up of three steps, which add up exactly to
-- settled_at - began_at.
CREATE VIEW step_time (
  ticket, -- Number of the ticket: ticket.number.
  episode, -- Which episode of the ticket: episode.episode.
  settled_at, -- When it was settled (UTC).
  to_assignment, -- Microseconds from the beginning to the first assignment to an agent, at most to
    -- the settle.
  to_response, -- Microseconds from then to the first counted agent contact.
  to_solution -- Microseconds from then to the settle.
) AS
SELECT
  ticket,
  episode,
  any_value(occurred_at),
  sum(amount) FILTER (figure = 'time_to_assignment')::BIGINT,
  sum(amount) FILTER (figure = 'time_to_response')::BIGINT,
  sum(amount) FILTER (figure = 'time_to_solution')::BIGINT
FROM figure_value
WHERE figure IN ('time_to_assignment', 'time_to_response', 'time_to_solution')
GROUP BY
  ticket,
  episode;
