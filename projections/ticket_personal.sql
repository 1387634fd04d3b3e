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
CREATE OR REPLACE TEMP TABLE ticket_personal_change AS
SELECT
  ticket_feed.ticket,
  ticket_feed.step,
  field.key,
  field.value
FROM ticket_feed
JOIN ticket_event_personal
  ON ticket_event_personal.ticket = ticket_feed.ticket
  AND ticket_event_personal.version = ticket_feed.version,
  json_each(coalesce(
    ticket_event_personal.after -> '$.personal_fields',
    '{}'
  )) AS field
WHERE ticket_feed.ticket IN (SELECT number FROM batch_personal)
UNION ALL
SELECT
  ticket_feed.ticket,
  ticket_feed.step,
  'subject',
  ticket_event_personal.after -> '$.subject'
FROM ticket_feed
JOIN ticket_event_personal
  ON ticket_event_personal.ticket = ticket_feed.ticket
  AND ticket_event_personal.version = ticket_feed.version
WHERE ticket_feed.ticket IN (SELECT number FROM batch_personal)
  AND json_exists(ticket_event_personal.after, '$.subject');

CREATE OR REPLACE TEMP TABLE ticket_personal_next AS
WITH
known AS (
  SELECT *
  FROM ticket_personal
  WHERE number IN (SELECT ticket FROM ticket_personal_change)
    AND number NOT IN (SELECT ticket FROM late_event)
),
latest AS (
  SELECT
    ticket,
    key,
    arg_max(value, step) AS value
  FROM (
    SELECT *
    FROM ticket_personal_change
    UNION ALL
    SELECT number, 0, 'subject', if(subject_erased, '{"$erased":true}', to_json(subject))
    FROM known
    UNION ALL
    SELECT number, 0, field.key, field.value
    FROM known, json_each(fields) AS field
  )
  GROUP BY ticket, key
)
SELECT
  ticket AS number,
  max(value ->> '$') FILTER (key = 'subject' AND json_type(value) = 'VARCHAR') AS subject,
  coalesce(bool_or(json_type(value) = 'OBJECT') FILTER (key = 'subject'), false) AS subject_erased,
  '{' || coalesce(
    string_agg(to_json(key) || ':' || value, ',' ORDER BY key)
      FILTER (key <> 'subject' AND value <> 'null'),
    ''
  ) || '}' AS fields
FROM latest
GROUP BY ticket;

DELETE FROM ticket_personal
WHERE number IN (SELECT number FROM ticket_personal_next);

INSERT INTO ticket_personal
SELECT *
FROM ticket_personal_next;
