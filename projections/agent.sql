-- Who works on the desk's side.

-- name: tables
-- One row per agent, those who have left included: every person on the desk's side. Names stand in
-- agent_personal.
CREATE TABLE agent (
  number BIGINT NOT NULL, -- Number of the agent among the desk's agents; unique.
  id VARCHAR NOT NULL, -- Id of the agent: its stream in the ledger is agent/<id>.
  version INTEGER NOT NULL, -- Version of the latest event, recorded refusals included.
  roles VARCHAR[] NOT NULL, -- What they may do; empty for nothing.
  skills JSON NOT NULL, -- What they can do: list of skill and level; empty for nothing.
  languages VARCHAR[] NOT NULL, -- Languages that they speak (BCP 47); empty where not known.
  limits JSON NOT NULL, -- Most tickets at a time: channel, or all, to number; empty for no limit.
  zone VARCHAR, -- Time zone (IANA); NULL where not known.
  fields JSON NOT NULL, -- Custom fields that are set: name to value, names in alphabetical order.
  joined_at TIMESTAMPTZ NOT NULL, -- When they joined (UTC).
  left_at TIMESTAMPTZ, -- When they left (UTC); NULL = they are still there.
  successor_id VARCHAR -- agent.id or agent_group.id that goes on with their work; NULL for none, or
    -- where they are still there.
);

-- Personal values of each agent at present, where there are any. Needs a grant.
CREATE TABLE agent_personal (
  number BIGINT NOT NULL, -- Number of the agent: agent.number.
  name VARCHAR, -- Name; NULL for none. {"$erased":true} = its key was destroyed.
  email VARCHAR, -- Email address; NULL for none. Erased as for name.
  fields JSON NOT NULL -- All personal fields that are set: name to value, names in order.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE agent_next AS
WITH
begun AS (
  SELECT
    number,
    any_value(split_part(stream, '/', 2)) AS id,
    max(version) AS version,
    min(occurred_at) FILTER (type = 'AgentJoined') AS joined_at,
    arg_max(occurred_at, step) FILTER (type = 'AgentLeft') AS left_at,
    arg_max_null(detail ->> '$.successor', step) FILTER (type = 'AgentLeft') AS successor_id
  FROM stream_feed
  WHERE noun = 'agent'
  GROUP BY number
),
attribute AS (
  SELECT
    number,
    max(value) FILTER (key = 'roles') AS roles,
    max(value) FILTER (key = 'skills') AS skills,
    max(value) FILTER (key = 'languages') AS languages,
    max(value) FILTER (key = 'limits') AS limits,
    max(value ->> '$') FILTER (key = 'zone') AS zone
  FROM stream_attribute
  WHERE noun = 'agent'
  GROUP BY number
)
SELECT
  begun.number,
  begun.id,
  begun.version,
  from_json_strict(attribute.roles, '["VARCHAR"]') AS roles,
  attribute.skills,
  from_json_strict(attribute.languages, '["VARCHAR"]') AS languages,
  attribute.limits,
  attribute.zone,
  coalesce(stream_fields.fields, '{}') AS fields,
  begun.joined_at,
  begun.left_at,
  begun.successor_id
FROM begun
JOIN attribute
  ON attribute.number = begun.number
LEFT JOIN stream_fields
  ON stream_fields.noun = 'agent'
  AND stream_fields.number = begun.number;

DELETE FROM agent
WHERE number IN (SELECT number FROM agent_next);

INSERT INTO agent
SELECT *
FROM agent_next;

DELETE FROM agent_personal
WHERE number IN (SELECT number FROM agent_next);

INSERT INTO agent_personal
SELECT
  number,
  name,
  email,
  fields
FROM stream_personal
WHERE noun = 'agent';
