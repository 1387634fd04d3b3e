-- Used time and due time of clocks from the statuses of tickets and a spine of working time, and from
-- nothing else. Instants and lengths are microseconds.
-- Needs the tables `spine`; `promise`: metric, target, pauses (statuses), solved_counts (whether the
-- solved span of a reopened ticket counts); `status_span`; and `asked`: ticket, metric, measured (up
-- to when to count, NULL for all).

CREATE OR REPLACE TEMP TABLE reckoned_span AS
SELECT
  status_span.ticket,
  promise.metric,
  promise.target,
  asked.measured,
  epoch_us(began_at) AS began,
  epoch_us(ended_at) AS ended,
  status IN ('solved', 'closed') AS settled,
  -- A solved span counts only where another one follows that is not.
  CASE
    WHEN settled THEN promise.solved_counts
      AND epoch_us(began_at) < max(epoch_us(began_at)) FILTER (NOT settled) OVER lives
    ELSE NOT list_contains(promise.pauses, status)
  END AS counts,
  row_number() OVER (lives ORDER BY began_at, version) AS place
FROM status_span
JOIN asked
  ON asked.ticket = status_span.ticket
JOIN promise
  ON promise.metric = asked.metric
WINDOW lives AS (PARTITION BY status_span.ticket, promise.metric);

-- Neighbours that count are one run; where the clock has stopped, its stop is an empty one.
CREATE OR REPLACE TEMP TABLE reckoned_run AS
SELECT
  ticket,
  metric,
  any_value(target) AS target,
  any_value(measured) AS measured,
  false AS stops,
  min(began) AS began,
  CASE WHEN count(*) = count(ended) THEN max(ended) END AS ended
FROM (
  SELECT
    *,
    place - row_number() OVER (PARTITION BY ticket, metric ORDER BY place) AS run
  FROM reckoned_span
  WHERE counts
)
GROUP BY ticket, metric, run
UNION ALL
SELECT
  ticket,
  metric,
  any_value(target),
  any_value(measured),
  true,
  max(ended) FILTER (NOT settled),
  max(ended) FILTER (NOT settled)
FROM reckoned_span
GROUP BY ticket, metric
HAVING bool_and(settled OR ended IS NOT NULL);

CREATE OR REPLACE TEMP TABLE reckoned_instant AS
SELECT
  instant.moment,
  coalesce(spine.before + least(instant.moment, spine.ended) - spine.began, 0) AS worked
FROM (
  SELECT began AS moment FROM reckoned_run
  UNION
  SELECT ended FROM reckoned_run WHERE ended IS NOT NULL
  UNION
  SELECT measured FROM reckoned_run WHERE measured IS NOT NULL
) AS instant
ASOF LEFT JOIN spine
  ON instant.moment >= spine.began;

CREATE OR REPLACE TEMP TABLE reckoned AS
WITH
used AS (
  SELECT
    run.*,
    start.worked AS worked_before,
    -- Of a clock that has not stopped only what its latest event can have known.
    greatest(least(stop.worked, seen.worked) - start.worked, 0) AS used,
    coalesce(
      sum(stop.worked - start.worked) OVER (
        PARTITION BY run.ticket, run.metric
        ORDER BY run.began, run.stops
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ),
      0
    ) AS used_before
  FROM reckoned_run AS run
  JOIN reckoned_instant AS start
    ON start.moment = run.began
  LEFT JOIN reckoned_instant AS stop
    ON stop.moment = run.ended
  LEFT JOIN reckoned_instant AS seen
    ON seen.moment = run.measured
),
goal AS (
  SELECT
    *,
    target - used_before AS left_over,
    worked_before + left_over AS reached
  FROM used
),
due AS (
  SELECT
    goal.* EXCLUDE (began),
    goal.began AS run_began,
    CASE
      WHEN left_over < 0 THEN NULL
      WHEN left_over = 0 THEN goal.began
      ELSE spine.began + reached - spine.before
    END AS due
  FROM goal
  ASOF LEFT JOIN spine
    ON goal.reached > spine.before
)
SELECT
  ticket,
  metric,
  sum(used)::BIGINT AS used,
  -- A run that ends at the due time leaves nothing: the clock is due when it goes on.
  min(due) FILTER (stops OR ended IS NULL OR due < ended) AS due,
  max(run_began) FILTER (stops) AS stopped
FROM due
GROUP BY ticket, metric;
