-- What a batch says about tickets, in the order in which it happened: the rows from which every
-- table about tickets takes the present. A ticket of which something was recorded late is fed
-- whole, from its first event on; of all others only the new events are fed, and what was known
-- before is carried over from the ticket's row.

-- name: begin
CREATE OR REPLACE TEMP TABLE ticket_feed (
  ticket BIGINT,
  step BIGINT,
  version BIGINT,
  id VARCHAR,
  type VARCHAR,
  is_fact BOOLEAN,
  occurred_at TIMESTAMPTZ,
  contact VARCHAR,
  reason VARCHAR,
  after JSON,
  detail JSON,
  acting_agent_id VARCHAR,
  decider VARCHAR,
  status VARCHAR,
  status_before VARCHAR,
  settles BOOLEAN,
  sets_party BOOLEAN,
  group_id VARCHAR,
  agent_id VARCHAR,
  group_before VARCHAR,
  agent_before VARCHAR
);

-- name: add
INSERT INTO ticket_feed BY NAME
SELECT
  * EXCLUDE (party, party_before),
  status IN ('solved', 'closed') AND status_before NOT IN ('solved', 'closed') AS settles,
  type <> 'CommandAnswered'
    AND type <> 'MarkReached'
    AND NOT starts_with(type, 'Clock') AS is_fact,
  party[1] AS group_id,
  party[2] AS agent_id,
  party_before[1] AS group_before,
  party_before[2] AS agent_before
FROM (
  SELECT
    number AS ticket,
    version AS step,
    version,
    CASE WHEN version = 1 THEN split_part(stream, '/', 2) END AS id,
    type,
    occurred_at,
    contact,
    reason,
    after,
    detail,
    CASE
      WHEN on_behalf_of_kind = 'agent' THEN on_behalf_of_id
      WHEN actor_kind = 'agent' THEN actor_id
    END AS acting_agent_id,
    CASE
      WHEN decided_by.kind <> 'macro' THEN decided_by.kind
      ELSE coalesce(on_behalf_of_kind, actor_kind)
    END AS decider,
    CASE WHEN type IN (
      'TicketOpened', 'TicketActivated', 'TicketPaused', 'TicketSolved', 'TicketReopened',
      'TicketClosed', 'Merged'
    ) THEN after ->> '$.status' END AS status,
    type IN ('TicketOpened', 'TicketAssigned') AS sets_party,
    CASE WHEN sets_party THEN after ->> ['$.group', '$.agent'] END AS party,
    -- What was believed when it was recorded: so it was, where nothing is recorded late.
    before ->> '$.status' AS status_before,
    CASE WHEN type = 'TicketAssigned' THEN before ->> ['$.group', '$.agent'] END AS party_before
  FROM batch
);

-- name: apply
CREATE OR REPLACE TEMP TABLE ticket_replaced AS
SELECT
  ticket.rowid AS row_id,
  ticket.*
FROM ticket
WHERE number IN (SELECT ticket FROM ticket_feed);

-- An answer to a command, and what the desk found on the ticket's clocks, are no facts about the
-- ticket: they are never late and make nothing late.
CREATE OR REPLACE TEMP TABLE late_event AS
SELECT
  fact.ticket,
  fact.version
FROM (
  SELECT
    ticket,
    version,
    occurred_at,
    max(occurred_at) OVER (
      PARTITION BY ticket
      ORDER BY version
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS known_at
  FROM ticket_feed
  WHERE is_fact
) AS fact
LEFT JOIN ticket_replaced
  ON ticket_replaced.number = fact.ticket
WHERE fact.occurred_at < greatest(fact.known_at, ticket_replaced.latest_at);

-- name: late
SELECT ticket
FROM late_event
LIMIT 1;

-- name: feed_late
CREATE OR REPLACE TEMP TABLE late_ticket AS
SELECT ticket, id
FROM ticket_feed
SEMI JOIN late_event USING (ticket)
WHERE id IS NOT NULL
UNION ALL
SELECT number, id
FROM ticket_replaced
WHERE number IN (SELECT ticket FROM late_event);

DELETE FROM ticket_feed
WHERE ticket IN (SELECT ticket FROM late_event);

INSERT INTO ticket_feed BY NAME
SELECT
  * EXCLUDE (party, party_before),
  status IN ('solved', 'closed') AND status_before NOT IN ('solved', 'closed') AS settles,
  type <> 'CommandAnswered'
    AND type <> 'MarkReached'
    AND NOT starts_with(type, 'Clock') AS is_fact,
  party[1] AS group_id,
  party[2] AS agent_id,
  party_before[1] AS group_before,
  party_before[2] AS agent_before
FROM (
  SELECT
    *,
    type IN ('TicketOpened', 'TicketAssigned') AS sets_party,
    CASE WHEN sets_party THEN after ->> ['$.group', '$.agent'] END AS party,
    lag(status IGNORE NULLS) OVER steps AS status_before,
    lag(party IGNORE NULLS) OVER steps AS party_before
  FROM (
    SELECT
      ticket,
      row_number() OVER (PARTITION BY ticket ORDER BY occurred_at, version) AS step,
      version,
      id,
      type,
      occurred_at,
      contact,
      reason,
      after,
      detail,
      acting_agent_id,
      CASE
        WHEN decided_by_kind <> 'macro' THEN decided_by_kind
        ELSE coalesce(on_behalf_of_kind, actor_kind)
      END AS decider,
      CASE WHEN type IN (
        'TicketOpened', 'TicketActivated', 'TicketPaused', 'TicketSolved', 'TicketReopened',
        'TicketClosed', 'Merged'
      ) THEN after ->> '$.status' END AS status
    FROM ticket_event
    JOIN late_ticket USING (ticket)
  )
  WINDOW steps AS (PARTITION BY ticket ORDER BY step)
);
