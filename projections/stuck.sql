-- Parts of the query of levels that count what is stuck, where the desk sets a limit.

-- name: has_limit
SELECT count(*) > 0
FROM step_limit
WHERE step_limit IS NOT NULL;

-- name: stuck
CASE WHEN any_value(step.step_limit) IS NOT NULL THEN
  count(*) FILTER (epoch_us(period.at_end) - epoch_us(step.since_at) > step.step_limit)
END

-- name: step
-- Since when each ticket has been in the step in which it is at a period's end, and how long it may
-- be, as the desk's document in force then says.
LEFT JOIN (
  SELECT
    present.ticket,
    present.name,
    max(present.step_limit) AS step_limit,
    coalesce(max(other.ended_at), min(present.opened_at)) AS since_at
  FROM (
    SELECT
      span.ticket,
      span.status,
      period.name,
      period.at_end,
      ticket.opened_at,
      (
        SELECT arg_max_null(step_limit, version)
        FROM step_limit
        WHERE published_at <= period.at_end
          AND (withdrawn_at IS NULL OR withdrawn_at > period.at_end)
      ) AS step_limit
    FROM standing_span AS span
    JOIN (
      SELECT
        unnest($names) AS name,
        least(unnest($ended), $known_at) AS at_end
    ) AS period
      ON span.began_at < period.at_end
      AND (span.ended_at IS NULL OR span.ended_at >= period.at_end)
    JOIN ticket
      ON ticket.number = span.ticket
    WHERE span.status NOT IN ('solved', 'closed')
      AND span.began_at < $ended_at
      AND (span.ended_at IS NULL OR span.ended_at >= $first_end)
  ) AS present
  LEFT JOIN status_span_ended AS other
    ON other.ticket = present.ticket
    AND other.status <> present.status
    AND other.began_at < present.at_end
  GROUP BY
    present.ticket,
    present.name
) AS step
  ON step.ticket = span.ticket
  AND step.name = period.name
