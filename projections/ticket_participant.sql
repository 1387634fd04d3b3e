-- Who takes part in tickets beside the requester and those responsible.

-- name: tables
-- One row per customer, agent or address that takes part in a ticket at present. The requester stands
-- in ticket.customer_id.
CREATE TABLE ticket_participant (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  role VARCHAR NOT NULL, -- cc (gets copies), follower (is told) or collaborator (helps).
  noun VARCHAR NOT NULL, -- customer, agent, or address of whom nothing else is known.
  id VARCHAR NOT NULL, -- customer.id or agent.id, as noun says; of an address its place in the
    -- history, version/index: ticket_participant_personal has what it is.
  sees_from TIMESTAMPTZ, -- From when on what is said is seen (UTC); NULL = all of it.
  version INTEGER NOT NULL, -- Version of the event that said so last: ticket_event.version.
  added_at TIMESTAMPTZ NOT NULL -- When that event happened (UTC).
);

-- One row per participant of whom only an address is known. Needs a grant.
CREATE TABLE ticket_participant_personal (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  id VARCHAR NOT NULL, -- ticket_participant.id of the participant.
  address VARCHAR -- The address; NULL where it was erased.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE participant_address AS
SELECT
  number,
  version,
  after
FROM feed_personal
WHERE number NOT IN (SELECT ticket FROM late_event)
UNION ALL
SELECT
  ticket,
  version,
  after
FROM ticket_event_personal
WHERE ticket IN (SELECT ticket FROM late_event);

-- Of those who are added again, and of those who are removed and added in one event, the last holds.
CREATE OR REPLACE TEMP TABLE participant_change AS
SELECT
  said.* EXCLUDE (address, stated_id),
  coalesce(said.stated_id, said.version || '/' || said.place) AS id,
  CASE WHEN json_type(said.address) = 'VARCHAR' THEN said.address ->> '$' END AS address,
  coalesce(said.stated_id, said.address ->> '$', '') AS name
FROM (
  SELECT
    feed.ticket,
    feed.step,
    feed.version,
    feed.occurred_at AS added_at,
    feed.given,
    one.key::VARCHAR AS place,
    one.value ->> '$.role' AS role,
    CASE
      WHEN one.value ->> '$.agent' IS NOT NULL THEN 'agent'
      WHEN one.value ->> '$.customer' IS NOT NULL THEN 'customer'
      ELSE 'address'
    END AS noun,
    coalesce(one.value ->> '$.agent', one.value ->> '$.customer') AS stated_id,
    (one.value ->> '$.sees_from')::TIMESTAMPTZ AS sees_from,
    personal.after -> feed.list -> place AS address
  FROM (
    SELECT
      *,
      unnest(['removed', 'added']) AS list,
      unnest([0, 1]) AS given
    FROM ticket_feed
    WHERE type = 'ParticipantsChanged'
  ) AS feed, json_each(feed.detail, '$.' || feed.list) AS one
  LEFT JOIN participant_address AS personal
    ON personal.number = feed.ticket
    AND personal.version = feed.version
) AS said;

INSERT INTO participant_change BY NAME
SELECT
  known.number AS ticket,
  0 AS step,
  known.* EXCLUDE (number),
  1 AS given,
  personal.address,
  CASE WHEN known.noun = 'address' THEN coalesce(personal.address, '') ELSE known.id END AS name
FROM ticket_participant AS known
LEFT JOIN ticket_participant_personal AS personal
  ON personal.number = known.number
  AND personal.id = known.id
WHERE known.number IN (SELECT ticket FROM participant_change)
  AND known.number NOT IN (SELECT ticket FROM late_event);

CREATE OR REPLACE TEMP TABLE participant_next AS
SELECT *
FROM participant_change
WHERE role <> 'requester'
QUALIFY given = 1
  AND 2 * step + given = max(2 * step + given) OVER (PARTITION BY ticket, role, noun, name);

DELETE FROM ticket_participant
WHERE number IN (SELECT ticket FROM participant_change);

DELETE FROM ticket_participant_personal
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
FROM participant_next;

INSERT INTO ticket_participant_personal
SELECT
  ticket,
  id,
  address
FROM participant_next
WHERE noun = 'address';
