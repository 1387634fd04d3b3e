-- Which clocks wait for their time, for whoever watches them; the tables are those of `clock`.

-- name: waiting
SELECT
  coalesce(list(epoch_us(next_at)), []),
  coalesce(list(ticket), []),
  coalesce(list(
    metric || '/' || instance || CASE
      WHEN of_kind = 'ticket' THEN ''
      ELSE '/' || of_kind || '/' || of_id
    END
  ), []),
  coalesce(list(version), [])
FROM clock
WHERE ticket BETWEEN $first AND $last
  AND next_at IS NOT NULL;

-- name: tickets
SELECT
  coalesce(min(ticket), 0),
  coalesce(max(ticket), -1)
FROM clock;

-- name: totals
SELECT
  count(next_at),
  count(*) FILTER (WHERE next_at <= $now),
  min(next_at)
FROM clock;
