-- Which groups of agents share a queue, and who is in them.

-- name: tables
-- One row per group of agents, closed ones included.
CREATE TABLE agent_group (
  number BIGINT NOT NULL, -- Number of the group among the desk's groups; unique.
  id VARCHAR NOT NULL, -- Id of the group, a readable name: its stream in the ledger is group/<id>.
  version INTEGER NOT NULL, -- Version of the latest event, recorded refusals included.
  names JSON NOT NULL, -- What people see: locale (BCP 47) to name.
  calendar VARCHAR, -- The business hours that it keeps; NULL for the desk's own.
  parent_id VARCHAR, -- agent_group.id of the group that it belongs to; NULL for none.
  restricted BOOLEAN NOT NULL, -- True where only members see its tickets.
  fields JSON NOT NULL, -- Custom fields that are set: name to value, names in alphabetical order.
  formed_at TIMESTAMPTZ NOT NULL, -- When it was formed (UTC).
  closed_at TIMESTAMPTZ, -- When it was closed (UTC); NULL = it is open.
  successor_id VARCHAR -- agent_group.id of the group that took its queue; NULL for none, or where it
    -- is open.
);

-- One row per time for which an agent was in a group and led it, or not, without a break. Nobody is
-- in a closed group. Who leaves the desk is taken out within moments by the process memberships.
CREATE TABLE group_member (
  group_number BIGINT NOT NULL, -- Number of the group: agent_group.number.
  group_id VARCHAR NOT NULL, -- agent_group.id of the group.
  agent_id VARCHAR NOT NULL, -- agent.id of the member.
  lead BOOLEAN NOT NULL, -- True where the agent led the group.
  began_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  ended_at TIMESTAMPTZ -- When it ended (UTC); NULL = it still lasts.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE agent_group_next AS
WITH
begun AS (
  SELECT
    number,
    any_value(split_part(stream, '/', 2)) AS id,
    max(version) AS version,
    min(occurred_at) FILTER (type = 'GroupFormed') AS formed_at,
    arg_max(occurred_at, step) FILTER (type = 'GroupClosed') AS closed_at,
    arg_max_null(detail ->> '$.successor', step) FILTER (type = 'GroupClosed') AS successor_id
  FROM stream_feed
  WHERE noun = 'group'
  GROUP BY number
),
attribute AS (
  SELECT
    number,
    max(value) FILTER (key = 'names') AS names,
    max(value ->> '$') FILTER (key = 'calendar') AS calendar,
    max(value ->> '$') FILTER (key = 'parent') AS parent_id,
    max(value ->> '$') FILTER (key = 'restricted') AS restricted
  FROM stream_attribute
  WHERE noun = 'group'
  GROUP BY number
)
SELECT
  begun.number,
  begun.id,
  begun.version,
  attribute.names,
  attribute.calendar,
  attribute.parent_id,
  attribute.restricted::BOOLEAN AS restricted,
  coalesce(stream_fields.fields, '{}') AS fields,
  begun.formed_at,
  begun.closed_at,
  begun.successor_id
FROM begun
JOIN attribute
  ON attribute.number = begun.number
LEFT JOIN stream_fields
  ON stream_fields.noun = 'group'
  AND stream_fields.number = begun.number;

DELETE FROM agent_group
WHERE number IN (SELECT number FROM agent_group_next);

INSERT INTO agent_group
SELECT *
FROM agent_group_next;

DELETE FROM group_member
WHERE group_number IN (SELECT number FROM agent_group_next);

INSERT INTO group_member
WITH
change AS (
  SELECT
    stream_feed.number,
    stream_feed.step,
    stream_feed.occurred_at,
    added.value ->> '$.agent' AS agent_id,
    (added.value ->> '$.lead')::BOOLEAN AS lead
  FROM stream_feed, json_each(stream_feed.detail, '$.added') AS added
  WHERE stream_feed.noun = 'group'
    AND stream_feed.type = 'GroupMembersChanged'
  UNION ALL
  SELECT
    stream_feed.number,
    stream_feed.step,
    stream_feed.occurred_at,
    removed.value ->> '$',
    NULL
  FROM stream_feed, json_each(stream_feed.detail, '$.removed') AS removed
  WHERE stream_feed.noun = 'group'
    AND stream_feed.type = 'GroupMembersChanged'
),
settled AS (
  SELECT *
  FROM change
  QUALIFY step = max(step) OVER (PARTITION BY number, agent_id, occurred_at)
),
began AS (
  SELECT *
  FROM settled
  QUALIFY lead IS DISTINCT FROM lag(lead) OVER (PARTITION BY number, agent_id ORDER BY step)
),
span AS (
  SELECT
    *,
    lead(occurred_at) OVER (PARTITION BY number, agent_id ORDER BY step) AS followed_at
  FROM began
)
SELECT
  span.number,
  agent_group_next.id,
  span.agent_id,
  span.lead,
  span.occurred_at,
  least(span.followed_at, agent_group_next.closed_at)
FROM span
JOIN agent_group_next
  ON agent_group_next.number = span.number
WHERE span.lead IS NOT NULL
  AND (agent_group_next.closed_at IS NULL OR span.occurred_at < agent_group_next.closed_at);
