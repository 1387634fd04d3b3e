-- Tickets and what happened to them, in the order in which it happened, for tools of others.

-- name: tickets
SELECT
  number,
  id,
  kind,
  customer_id,
  channel,
  inbox,
  direction,
  type,
  opened_at
FROM ticket
WHERE number > {after}
ORDER BY number
LIMIT {limit};

-- name: events
SELECT
  ticket,
  version,
  lane,
  sequence,
  type,
  occurred_at,
  recorded_at,
  late,
  coalesce(on_behalf_of_kind, actor_kind) AS acted_kind,
  coalesce(on_behalf_of_id, actor_id) AS acted_id,
  acting_agent_id,
  reason,
  after,
  detail ->> 'resolution' AS resolution
FROM ticket_event
WHERE ticket BETWEEN {first} AND {last}
  AND type NOT IN ('CommandAnswered', 'MarkReached')
  AND NOT starts_with(type, 'Clock')
ORDER BY
  ticket,
  occurred_at,
  version;
