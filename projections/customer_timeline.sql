-- What the desk and a customer had to do with each other, and which customers are one.

-- name: tables
-- One row per merged customer: who stands for them by now, at the end of the chain of merges.
CREATE VIEW customer_survivor (
  customer_id, -- customer.id of the merged customer.
  survivor_id -- customer.id of who stands for them: a customer who was not merged.
) AS
WITH RECURSIVE step AS (
  SELECT id, merged_into_id AS older_id
  FROM customer
  WHERE merged_into_id IS NOT NULL
  UNION
  SELECT step.id, customer.merged_into_id
  FROM step
  JOIN customer
    ON customer.id = step.older_id
  WHERE customer.merged_into_id IS NOT NULL
)
SELECT step.id, step.older_id
FROM step
JOIN customer
  ON customer.id = step.older_id
WHERE customer.merged_into_id IS NULL;

-- One row per contact with a customer, per change of one of their tickets, and per change of the
-- customer; recorded refusals are left out. A ticket is its present customer's with all its past.
-- Merged customers keep their rows: customer_survivor says whose they are by now.
CREATE VIEW customer_timeline (
  customer_id, -- customer.id, as ticket or customer have it.
  occurred_at, -- When it happened (UTC).
  about, -- interaction = a message, reply, note or call; ticket = anything else about a ticket;
    -- customer = a change of the customer.
  number, -- Number of the ticket: ticket.number; of the customer, where it is about them.
  version, -- Version of the event in the ticket or customer: ticket_event.version or
    -- stream_event.version.
  type, -- What happened, such as TicketOpened.
  actor_kind, -- Of an interaction who wrote or spoke, else who recorded it: agent, customer, bot and
    -- so on.
  actor_id, -- Id of that party: agent.id, customer.id; NULL for a person unknown to the desk.
  interaction_id, -- interaction.id; NULL where it is no interaction.
  channel, -- Of an interaction: its channel; else NULL.
  direction, -- Of an interaction: in, out or internal; else NULL.
  reason, -- Why, as a code of the desk; NULL where the event has no reason.
  before, -- What was replaced: attribute to value; NULL where nothing was.
  after, -- What holds from then on: attribute to value; NULL where no attribute was set.
  detail -- The other facts of the event; NULL where there are none.
) AS
SELECT
  ticket.customer_id,
  interaction.occurred_at,
  'interaction',
  ticket.number,
  interaction.version,
  interaction.type,
  interaction.author_kind,
  interaction.author_id,
  interaction.id,
  interaction.channel,
  interaction.direction,
  NULL::VARCHAR,
  NULL::JSON,
  NULL::JSON,
  NULL::JSON
FROM ticket
JOIN interaction
  ON interaction.ticket = ticket.number
WHERE ticket.customer_id IS NOT NULL
UNION ALL
SELECT
  ticket.customer_id,
  ticket_event.occurred_at,
  'ticket',
  ticket.number,
  ticket_event.version,
  ticket_event.type,
  coalesce(ticket_event.on_behalf_of_kind, ticket_event.actor_kind),
  coalesce(ticket_event.on_behalf_of_id, ticket_event.actor_id),
  NULL,
  NULL,
  NULL,
  ticket_event.reason,
  ticket_event.before,
  ticket_event.after,
  ticket_event.detail
FROM ticket
JOIN ticket_event
  ON ticket_event.ticket = ticket.number
WHERE ticket.customer_id IS NOT NULL
  AND ticket_event.interaction_id IS NULL
  AND ticket_event.type NOT IN ('CommandAnswered', 'MarkReached')
  AND NOT starts_with(ticket_event.type, 'Clock')
UNION ALL
SELECT
  customer.id,
  stream_event.occurred_at,
  'customer',
  customer.number,
  stream_event.version,
  stream_event.type,
  coalesce(stream_event.on_behalf_of_kind, stream_event.actor_kind),
  coalesce(stream_event.on_behalf_of_id, stream_event.actor_id),
  NULL,
  NULL,
  NULL,
  stream_event.reason,
  stream_event.before,
  stream_event.after,
  stream_event.detail
FROM customer
JOIN stream_event
  ON stream_event.noun = 'customer'
  AND stream_event.number = customer.number
WHERE stream_event.type <> 'CommandAnswered';

-- name: page
-- One row at least: how many there are, beside the page's rows.
WITH
line AS MATERIALIZED (
  SELECT *
  FROM customer_timeline
  WHERE list_contains($entries, customer_id)
),
page AS (
  SELECT *
  FROM line
  WHERE $after_number IS NULL
    OR (occurred_at, about, number, version) > (
      $after_at::TIMESTAMPTZ,
      $after_about::VARCHAR,
      $after_number::BIGINT,
      $after_version::BIGINT
    )
  ORDER BY
    occurred_at,
    about,
    number,
    version
  LIMIT $size
)
SELECT
  (SELECT count(*) FROM line) AS total,
  page.*
FROM (SELECT 1) AS always
LEFT JOIN page
  ON true
ORDER BY
  page.occurred_at,
  page.about,
  page.number,
  page.version;

-- name: entries
-- All entries of the desk for one customer: the survivor and those merged into it.
WITH survivor AS (
  SELECT coalesce(any_value(survivor_id), $customer_id) AS id
  FROM customer_survivor
  WHERE customer_id = $customer_id
)
SELECT id
FROM survivor
UNION ALL
SELECT customer_survivor.customer_id
FROM customer_survivor
JOIN survivor
  ON survivor.id = customer_survivor.survivor_id;

-- name: contacts
-- All entries for the persons who belong to one of the organisations.
SELECT id
FROM customer
WHERE list_contains($organisations, organisation_id)
UNION
SELECT customer_survivor.customer_id
FROM customer_survivor
JOIN customer
  ON customer.id = customer_survivor.survivor_id
WHERE list_contains($organisations, customer.organisation_id);
