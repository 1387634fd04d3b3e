-- How many promises were kept: the clocks that count as met or breached, each on its day.

-- name: tables
-- One row per clock that counts for or against what the desk promised: met, breached, or running and
-- breached from its due time on unless something happens before. The latter are not recorded yet: at
-- an instant t they count where counted_at < t, so ask WHERE recorded OR counted_at < now(). SLA
-- attainment is the number of attained ones divided by the number of all. Clocks that ended, that are
-- absent or still paused, and those of an episode that was discarded, are left out. The columns about
-- the ticket say how it was at counted_at.
CREATE VIEW sla_attainment (
  ticket, -- Number of the ticket: ticket.number.
  metric, -- clock.metric.
  instance, -- clock.instance.
  policy, -- Name of the policy.
  policy_version, -- Published version of service-policy/default that judged it: clock.policy_version.
  counted_at, -- When it counts (UTC): a met clock when it stopped, a breached one at the later of due
    -- and noticed, a running one when it is due.
  attained, -- True = met, false = breached.
  recorded, -- False where it is running and no breach is recorded yet: it counts after counted_at.
  margin, -- Microseconds of working time that were left, below zero when late, at clock.measured_at.
  episode, -- Which episode of the ticket: episode.episode.
  final_at, -- Until when it may still change because of what happens later (UTC): 9999-12-31 = as long
    -- as the episode goes on, since a discard takes it out; NULL = only a late fact can change it.
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
  group_id, -- Group that was responsible; of group_ownership the one whose turn it was. NULL for none.
  agent_id -- Agent who was responsible; NULL where a queue was.
) AS
SELECT
  counted.ticket,
  counted.metric,
  counted.instance,
  counted.policy,
  counted.policy_version,
  counted.counted_at,
  counted.state = 'met',
  counted.state <> 'running',
  counted.margin,
  episode.episode,
  CASE WHEN episode.settled_at IS NULL THEN TIMESTAMPTZ '9999-12-31 00:00:00+00' END,
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
  span.agent_id
FROM (
  SELECT
    *,
    CASE state
      WHEN 'met' THEN stopped_at
      WHEN 'breached' THEN noticed_at
      ELSE due_at
    END AS counted_at,
    -- The next group has the ticket from the very instant at which the turn of the last one ends.
    CASE
      WHEN metric = 'group_ownership' AND state = 'met' AND stopped_at > started_at
        THEN stopped_at - INTERVAL 1 MICROSECOND
      ELSE counted_at
    END AS responsible_at
  FROM clock
  WHERE state IN ('met', 'breached', 'running')
) AS counted
JOIN standing_span AS span
  ON span.ticket = counted.ticket
  AND span.began_at <= counted.responsible_at
  AND (span.ended_at IS NULL OR span.ended_at > counted.responsible_at)
JOIN episode
  ON episode.ticket = span.ticket
  AND episode.episode = span.episode
WHERE episode.discarded IS DISTINCT FROM true;
