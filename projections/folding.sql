-- What is known of the few tickets of a small batch, and how it is replaced: see folding/present.py.

-- name: ticket
SELECT *
FROM ticket
WHERE number IN (SELECT unnest($numbers));

-- name: episode
SELECT *
FROM episode
WHERE reopened_at IS NULL
  AND ticket IN (SELECT unnest($numbers));

-- name: clock_due
SELECT
  ticket,
  min(due_at) FILTER (phase <> 'stopped') AS due_at
FROM clock
WHERE ticket IN (SELECT unnest($numbers))
GROUP BY ticket;
