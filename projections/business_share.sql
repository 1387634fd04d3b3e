-- What agents have of the handling times, as the desk's own calendar counts them.

-- name: tables
-- One row per settle and agent who had a part in its handling time, as in agent_value: the part's
-- business time, which is 0 where all of it lay outside. The parts add up to business_handling_time.
-- Only of settles on a day that a calendar counts. No figure of a period, whose question would count
-- the calendar twice.
CREATE VIEW business_share (
  occurred_at, -- When the ticket was settled (UTC).
  ticket, -- Number of the ticket: ticket.number.
  agent_id, -- agent.id of whose account it goes to.
  amount, -- Microseconds of business time.
  final_at, -- 9999-12-31 (UTC) where the calendar is not known so far for the day of the settle; NULL
    -- where only a late fact can change the value.
  kind -- request, feedback or task; figures count requests.
) AS
WITH
-- As in business_value.
reach AS MATERIALIZED (
  SELECT
    make_timestamptz(max(ended_us)) AS counted_until,
    make_timestamptz(min(began_us) FILTER (NOT is_known)) AS known_until
  FROM business_day
),
slot AS MATERIALIZED (
  FROM business_slot
)
SELECT
  episode.settled_at,
  episode.ticket,
  standing.agent_id,
  sum(
    coalesce(
      last.worked_before + least(epoch_us(standing.ended_at), last.ended_us) - last.began_us, 0
    ) - coalesce(
      first.worked_before + least(epoch_us(standing.began_at), first.ended_us) - first.began_us, 0
    )
  )::BIGINT,
  CASE WHEN episode.settled_at >= reach.known_until THEN TIMESTAMPTZ '9999-12-31 00:00:00+00' END,
  episode.kind
FROM episode
JOIN standing_span_ended AS standing
  ON standing.ticket = episode.ticket
  AND standing.episode = episode.episode
LEFT JOIN slot AS first
  ON first.slot = epoch_us(standing.began_at) // 14400000000
  AND epoch_us(standing.began_at) >= first.began_us
  AND epoch_us(standing.began_at) < first.next_us
LEFT JOIN slot AS last
  ON last.slot = epoch_us(standing.ended_at) // 14400000000
  AND epoch_us(standing.ended_at) >= last.began_us
  AND epoch_us(standing.ended_at) < last.next_us
JOIN reach
  ON episode.settled_at < reach.counted_until
WHERE NOT episode.discarded
  AND standing.status = 'open'
  AND standing.agent_id IS NOT NULL
GROUP BY
  episode.ticket,
  episode.episode,
  episode.settled_at,
  episode.kind,
  standing.agent_id,
  reach.known_until;
