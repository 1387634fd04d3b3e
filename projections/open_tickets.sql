-- Which tickets are neither solved nor closed, for whoever has to come to every one of them; the
-- tables are those of `ticket`.

-- name: open
SELECT
  coalesce(list(number), []),
  coalesce(list(id), [])
FROM ticket
WHERE number BETWEEN $first AND $last
  AND status NOT IN ('solved', 'closed');

-- name: numbers
SELECT coalesce(max(number), 0)
FROM ticket;

-- name: parked
SELECT DISTINCT stream
FROM quarantine
WHERE starts_with(stream, 'ticket/');
