-- What a micro-batch says about tickets, in the order in which it happened: the rows from which
-- every table about tickets takes the present. A ticket of which something was recorded late is fed
-- whole, from its first event on; of all others only the new events are fed, and what was known
-- before is carried over from the ticket's row.

-- name: apply
CREATE OR REPLACE TEMP TABLE ticket_replaced AS
SELECT
  ticket.rowid AS row_id,
  ticket.*
FROM ticket
WHERE number IN (SELECT number FROM batch);

-- The answer to a command is no fact about the ticket: it is never late and makes nothing late.
CREATE OR REPLACE TEMP TABLE late_event AS
SELECT
  fact.number AS ticket,
  fact.version
FROM (
  SELECT
    number,
    version,
    occurred_at,
    max(occurred_at) OVER (
      PARTITION BY number
      ORDER BY version
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS known_at
  FROM batch
  WHERE type <> 'CommandAnswered'
) AS fact
LEFT JOIN ticket_replaced
  ON ticket_replaced.number = fact.number
WHERE fact.occurred_at < greatest(fact.known_at, ticket_replaced.latest_at);

-- name: late
SELECT ticket
FROM late_event
LIMIT 1;

-- name: feed
CREATE OR REPLACE TEMP TABLE ticket_feed AS
SELECT
  fed.*,
  coalesce(lag(fed.status IGNORE NULLS) OVER earlier, ticket_replaced.status) AS status_before,
  fed.status IN ('solved', 'closed')
    AND status_before NOT IN ('solved', 'closed') AS settles,
  CASE fed.type
    WHEN 'TicketSolved' THEN fed.detail ->> '$.solver'
    WHEN 'TicketClosed' THEN nullif(
      coalesce(last_value(fed.party IGNORE NULLS) OVER earlier, ticket_replaced.agent_id), ''
    )
  END AS solver_id
FROM (
  SELECT
    *,
    CASE WHEN type IN (
      'TicketOpened', 'TicketActivated', 'TicketPaused', 'TicketSolved', 'TicketReopened',
      'TicketClosed'
    ) THEN after ->> '$.status' END AS status,
    type IN ('TicketOpened', 'TicketAssigned') AS sets_party,
    CASE WHEN sets_party THEN after ->> '$.group' END AS group_id,
    CASE WHEN sets_party THEN after ->> '$.agent' END AS agent_id,
    -- Nobody is written as '', since what is looked for later is the last that is not NULL.
    CASE WHEN sets_party THEN coalesce(agent_id, '') END AS party
  FROM (
    SELECT
      false AS whole,
      number AS ticket,
      version AS step,
      version,
      type,
      occurred_at,
      recorded_at,
      contact,
      reason,
      after,
      detail
    FROM batch
    WHERE number NOT IN (SELECT ticket FROM late_event)
    UNION ALL
    SELECT
      true,
      ticket,
      row_number() OVER (PARTITION BY ticket ORDER BY occurred_at, version),
      version,
      type,
      occurred_at,
      recorded_at,
      contact,
      reason,
      after,
      detail
    FROM ticket_event
    WHERE ticket IN (SELECT ticket FROM late_event)
  )
) AS fed
LEFT JOIN ticket_replaced
  ON ticket_replaced.number = fed.ticket
  AND NOT fed.whole
WINDOW earlier AS (PARTITION BY fed.ticket ORDER BY fed.step);
