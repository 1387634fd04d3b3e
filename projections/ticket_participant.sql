-- Who takes part in tickets beside the requester and those responsible.

-- name: tables
-- One row per customer or agent who takes part in a ticket at present. The requester stands in
-- ticket.customer_id; people of whom only an address is known stand in the audit trail alone.
CREATE TABLE ticket_participant (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  role VARCHAR NOT NULL, -- cc (gets copies), follower (is told) or collaborator (helps).
  noun VARCHAR NOT NULL, -- customer or agent.
  id VARCHAR NOT NULL, -- customer.id or agent.id, as noun says.
  sees_from TIMESTAMPTZ, -- From when on what is said is seen (UTC); NULL = all of it.
  version INTEGER NOT NULL, -- Version of the event that said so last: ticket_event.version.
  added_at TIMESTAMPTZ NOT NULL -- When that event happened (UTC).
);

-- name: apply
CREATE OR REPLACE TEMP TABLE participant_change AS
SELECT
  ticket,
  step,
  one.value ->> '$.role' AS role,
  CASE WHEN one.value ->> '$.agent' IS NULL THEN 'customer' ELSE 'agent' END AS noun,
  coalesce(one.value ->> '$.agent', one.value ->> '$.customer') AS id,
  (one.value ->> '$.sees_from')::TIMESTAMPTZ AS sees_from,
  version,
  occurred_at AS added_at,
  1 AS given
FROM ticket_feed, json_each(detail, '$.added') AS one
WHERE ticket_feed.type = 'ParticipantsChanged'
UNION ALL
SELECT
  ticket,
  step,
  one.value ->> '$.role',
  CASE WHEN one.value ->> '$.agent' IS NULL THEN 'customer' ELSE 'agent' END,
  coalesce(one.value ->> '$.agent', one.value ->> '$.customer'),
  NULL,
  NULL,
  NULL,
  0
FROM ticket_feed, json_each(detail, '$.removed') AS one
WHERE ticket_feed.type = 'ParticipantsChanged';

INSERT INTO participant_change
SELECT
  number,
  0,
  * EXCLUDE (number),
  1
FROM ticket_participant
WHERE number IN (SELECT ticket FROM participant_change)
  AND number NOT IN (SELECT ticket FROM late_event);

DELETE FROM ticket_participant
WHERE number IN (SELECT ticket FROM participant_change);

INSERT INTO ticket_participant
SELECT
  ticket,
  role,
  noun,
  id,
  sees_from,
  version,
  added_at
FROM participant_change
WHERE id IS NOT NULL
  AND role <> 'requester'
QUALIFY version IS NOT NULL
  AND 2 * step + given = max(2 * step + given) OVER (PARTITION BY ticket, role, noun, id);
