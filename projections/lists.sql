-- Tickets and customers page by page, as a person leafs through them.

-- name: tickets
SELECT
  ticket.number,
  ticket.id,
  ticket.status,
  ticket.status_since,
  ticket.group_id,
  ticket.agent_id,
  ticket.customer_id,
  ticket.channel,
  ticket.type,
  ticket.priority,
  ticket.tags,
  ticket.opened_at,
  ticket.latest_at,
  ticket_personal.subject
FROM ticket
LEFT JOIN ticket_personal USING (number)
WHERE ticket.number > $after
  AND {readable}
  AND ($statuses IS NULL OR list_contains($statuses, ticket.status))
  AND ($group_id IS NULL OR ticket.group_id = $group_id)
  AND ($agent_id IS NULL OR ticket.agent_id = $agent_id)
  AND ($customers IS NULL OR list_contains($customers, ticket.customer_id))
  AND ($tag IS NULL OR list_contains(ticket.tags, $tag))
ORDER BY ticket.number
LIMIT $size;

-- name: tickets_count
SELECT
  count(*)
FROM ticket
WHERE {readable}
  AND ($statuses IS NULL OR list_contains($statuses, ticket.status))
  AND ($group_id IS NULL OR ticket.group_id = $group_id)
  AND ($agent_id IS NULL OR ticket.agent_id = $agent_id)
  AND ($customers IS NULL OR list_contains($customers, ticket.customer_id))
  AND ($tag IS NULL OR list_contains(ticket.tags, $tag));

-- name: subjects
SELECT
  number,
  subject
FROM ticket_personal
WHERE list_contains($numbers, number)
  AND subject IS NOT NULL;

-- name: customers
SELECT
  number,
  id,
  kind,
  tier,
  blocked,
  tags,
  registered_at,
  latest_at
FROM customer
WHERE number > $after
  AND ($merged OR merged_into_id IS NULL)
  AND ($tier IS NULL OR tier = $tier)
  AND ($tag IS NULL OR list_contains(tags, $tag))
  AND ($organisations IS NULL OR list_contains($organisations, organisation_id))
ORDER BY number
LIMIT $size;

-- name: customers_count
SELECT
  count(*)
FROM customer
WHERE ($merged OR merged_into_id IS NULL)
  AND ($tier IS NULL OR tier = $tier)
  AND ($tag IS NULL OR list_contains(tags, $tag))
  AND ($organisations IS NULL OR list_contains($organisations, organisation_id));

-- name: eventful
-- A settled ticket that was reopened and that went through several hands: among those with the
-- same number of contacts, the one with the lowest number.
SELECT
  ticket.number
FROM ticket
JOIN (
  SELECT
    ticket,
    count(DISTINCT agent_id) AS agents
  FROM ownership_span
  GROUP BY ticket
) AS hands
  ON hands.ticket = ticket.number
WHERE ticket.reopenings > 0
ORDER BY
  hands.agents > 1 DESC,
  ticket.customer_contacts + ticket.agent_contacts + ticket.notes BETWEEN 4 AND 8 DESC,
  hands.agents DESC,
  ticket.number
LIMIT 1;
