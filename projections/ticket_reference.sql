-- What tickets are called, and what they are about, in other systems.

-- name: tables
-- One row per present reference of a ticket to a thing in another system: an order, an asset, the
-- ticket's number at its source.
CREATE TABLE ticket_reference (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  system VARCHAR NOT NULL, -- The other system, as a code of the desk.
  kind VARCHAR NOT NULL, -- What kind of thing, such as order, product, ticket.
  id VARCHAR NOT NULL, -- What the other system calls it.
  occurred_at TIMESTAMPTZ, -- When the thing happened there (UTC); NULL where not stated.
  facts JSON, -- A few values of the thing, such as amount and currency; NULL for none.
  version INTEGER NOT NULL, -- Version of the event that stated it: ticket_event.version.
  linked_at TIMESTAMPTZ NOT NULL -- When it was linked (UTC).
);

-- name: apply
INSERT INTO ticket_reference
SELECT
  linked.ticket,
  added.value ->> '$.system',
  added.value ->> '$.kind',
  added.value ->> '$.id',
  (added.value ->> '$.occurred_at')::TIMESTAMPTZ,
  added.value -> '$.facts',
  linked.version,
  linked.occurred_at
FROM (
  SELECT ticket, version, occurred_at, after -> '$.references' AS added
  FROM ticket_feed
  WHERE type = 'TicketOpened'
    AND contains(after, '"references":[{')
) AS linked, json_each(linked.added) AS added;

-- name: replace
CREATE OR REPLACE TEMP TABLE reference_change AS
SELECT
  linked.ticket,
  linked.step,
  added.value ->> '$.system' AS system,
  added.value ->> '$.kind' AS kind,
  added.value ->> '$.id' AS id,
  (added.value ->> '$.occurred_at')::TIMESTAMPTZ AS occurred_at,
  added.value -> '$.facts' AS facts,
  linked.version,
  linked.occurred_at AS linked_at
FROM (
  SELECT ticket, step, version, occurred_at, after -> '$.references' AS added
  FROM ticket_feed
  WHERE type = 'TicketOpened'
    AND contains(after, '"references":[{')
  UNION ALL
  SELECT ticket, step, version, occurred_at, detail -> '$.added'
  FROM ticket_feed
  WHERE type = 'ReferencesChanged'
) AS linked, json_each(linked.added) AS added
UNION ALL
SELECT
  ticket_feed.ticket,
  ticket_feed.step,
  removed.value ->> '$.system',
  removed.value ->> '$.kind',
  removed.value ->> '$.id',
  NULL,
  NULL,
  NULL,
  NULL
FROM ticket_feed, json_each(ticket_feed.detail, '$.removed') AS removed
WHERE ticket_feed.type = 'ReferencesChanged';

INSERT INTO reference_change
SELECT
  number,
  0,
  * EXCLUDE (number)
FROM ticket_reference
WHERE number IN (SELECT ticket FROM reference_change)
  AND number NOT IN (SELECT ticket FROM late_event);

DELETE FROM ticket_reference
WHERE number IN (SELECT ticket FROM reference_change);

INSERT INTO ticket_reference
SELECT
  ticket,
  system,
  kind,
  id,
  occurred_at,
  facts,
  version,
  linked_at
FROM reference_change
QUALIFY version IS NOT NULL
  AND step = max(step) OVER (PARTITION BY ticket, system, kind, id);

-- name: find
SELECT
  number
FROM ticket_reference
WHERE id = $id
ORDER BY number;
