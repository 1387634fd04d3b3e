-- What agents did in some periods: how often, and for how long.

-- name: values
WITH period AS (
  SELECT
    unnest($names) AS name,
    unnest($begun) AS began_at,
    unnest($ended) AS ended_at
)
SELECT
  period.name,
  CASE WHEN $dimension = 'agent' THEN agent_id END AS dimension,
  figure,
  count(*) AS n,
  sum(amount)::BIGINT AS sum,
  quantile_disc(amount, [0.5, 0.9]) AS quantiles,
  false AS provisional
FROM agent_value AS value
JOIN period
  ON value.occurred_at >= period.began_at
  AND value.occurred_at < period.ended_at
WHERE kind = $kind
  AND value.occurred_at >= $began_at
  AND value.occurred_at < $ended_at
  AND ($agent_id IS NULL OR agent_id = $agent_id)
GROUP BY ALL
ORDER BY ALL;

-- name: available
WITH period AS (
  SELECT
    unnest($names) AS name,
    unnest($begun) AS began_at,
    unnest($ended) AS ended_at
),
-- Of each span the part inside the period, up to the reader's now.
part AS (
  SELECT
    period.name,
    period.ended_at > $known_at AS provisional,
    span.agent_id,
    epoch_us(least(coalesce(span.ended_at, $known_at), period.ended_at, $known_at))
      - epoch_us(greatest(span.began_at, period.began_at)) AS amount
  FROM availability_span AS span
  JOIN period
    ON span.began_at < least(period.ended_at, $known_at)
    AND coalesce(span.ended_at, $known_at) > period.began_at
  WHERE span.availability = 'available'
    AND ($agent_id IS NULL OR span.agent_id = $agent_id)
)
SELECT
  name,
  CASE WHEN $dimension = 'agent' THEN agent_id END AS dimension,
  'available_time' AS figure,
  count(*) AS n,
  sum(amount)::BIGINT AS sum,
  quantile_disc(amount, [0.5, 0.9]) AS quantiles,
  bool_or(provisional) AS provisional
FROM part
GROUP BY ALL
ORDER BY ALL;

-- name: productivity
WITH period AS (
  SELECT
    unnest($names) AS name,
    unnest($begun) AS began_at,
    unnest($ended) AS ended_at
),
settled AS (
  SELECT
    period.name,
    episode.solver_id
  FROM episode
  JOIN period
    ON episode.settled_at >= period.began_at
    AND episode.settled_at < period.ended_at
  WHERE kind = $kind
    AND NOT discarded
    AND settled_at >= $began_at
    AND settled_at < $ended_at
),
-- Who had something to do with it: at least one settle, or an hour available.
present AS (
  SELECT DISTINCT
    name,
    solver_id AS agent_id
  FROM settled
  WHERE solver_id IS NOT NULL
  UNION
  SELECT
    period.name,
    span.agent_id
  FROM availability_span AS span
  JOIN period
    ON span.began_at < least(period.ended_at, $known_at)
    AND coalesce(span.ended_at, $known_at) > period.began_at
  WHERE span.availability = 'available'
  GROUP BY
    period.name,
    span.agent_id
  HAVING sum(
    epoch_us(least(coalesce(span.ended_at, $known_at), period.ended_at, $known_at))
      - epoch_us(greatest(span.began_at, period.began_at))
  ) >= epoch_us(INTERVAL 1 HOUR)
)
SELECT
  period.name,
  (SELECT count(*) FROM present WHERE present.name = period.name) AS agents,
  (SELECT count(*) FROM settled WHERE settled.name = period.name) AS settled
FROM period
WHERE agents > 0
  OR settled > 0
ORDER BY ALL;
