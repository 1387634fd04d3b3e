-- The personal values of each ticket at present.

-- name: tables
-- One row per ticket that has or had personal values. Needs a grant.
CREATE TABLE ticket_personal (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  subject VARCHAR, -- What it is about, in the words of who opened it; NULL for none, and where
    -- erased.
  subject_erased BOOLEAN NOT NULL, -- True where the subject cannot be read any more because its key
    -- was destroyed.
  fields JSON NOT NULL -- Personal fields that are set: name to value, names in alphabetical order.
    -- A value whose key was destroyed shows as {"$erased": true}.
);

-- name: apply
INSERT INTO ticket_personal
SELECT
  number,
  if(json_type(after, '$.subject') = 'VARCHAR', after ->> '$.subject', NULL),
  coalesce(json_type(after, '$.subject') = 'OBJECT', false),
  coalesce(after -> '$.personal_fields', '{}')
FROM feed_personal
WHERE version = 1;

-- name: changes
CREATE OR REPLACE TEMP TABLE ticket_personal_change AS
SELECT
  number,
  version AS step,
  after
FROM feed_personal
WHERE number NOT IN (SELECT ticket FROM late_event);

-- name: changes_late
INSERT INTO ticket_personal_change
SELECT
  ticket_feed.ticket,
  ticket_feed.step,
  ticket_event_personal.after
FROM ticket_feed
JOIN ticket_event_personal
  ON ticket_event_personal.ticket = ticket_feed.ticket
  AND ticket_event_personal.version = ticket_feed.version
WHERE ticket_feed.ticket IN (SELECT ticket FROM late_event);

-- name: replace
CREATE OR REPLACE TEMP TABLE ticket_personal_next AS
WITH
value_change AS (
  SELECT number, step, 'subject' AS key, after -> '$.subject' AS value
  FROM ticket_personal_change
  WHERE json_exists(after, '$.subject')
  UNION ALL
  SELECT number, step, field.key, field.value
  FROM ticket_personal_change, json_each(after, '$.personal_fields') AS field
  WHERE json_exists(after, '$.personal_fields')
),
known AS (
  SELECT *
  FROM ticket_personal
  WHERE number IN (SELECT number FROM ticket_personal_change)
    AND number NOT IN (SELECT ticket FROM late_event)
)
SELECT
  number,
  max(value ->> '$') FILTER (key = 'subject' AND json_type(value) = 'VARCHAR') AS subject,
  coalesce(bool_or(json_type(value) = 'OBJECT') FILTER (key = 'subject'), false) AS subject_erased,
  '{' || coalesce(
    string_agg(to_json(key) || ':' || value, ',' ORDER BY key)
      FILTER (key <> 'subject' AND value <> 'null'),
    ''
  ) || '}' AS fields
FROM (
  SELECT
    number,
    key,
    arg_max(value, step) AS value
  FROM (
    SELECT *
    FROM value_change
    UNION ALL
    SELECT number, 0, 'subject', if(subject_erased, '{"$erased":true}', to_json(subject))
    FROM known
    UNION ALL
    SELECT number, 0, field.key, field.value
    FROM known, json_each(fields) AS field
  )
  GROUP BY number, key
)
GROUP BY number;

DELETE FROM ticket_personal
WHERE number IN (SELECT number FROM ticket_personal_next);

INSERT INTO ticket_personal
SELECT *
FROM ticket_personal_next;
