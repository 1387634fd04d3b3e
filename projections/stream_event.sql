-- What happened to customers, agents, groups, identities, the desk itself and its processes: their
-- audit trail.

-- name: tables
-- The audit trail of every stream that is no ticket's: one row per event, recorded refusals
-- included; rows are never changed. (stream, version) names an event everywhere, (lane, sequence)
-- is its position in the ledger.
CREATE TABLE stream_event (
  noun VARCHAR NOT NULL, -- What the stream is about: customer, identity, agent, availability,
    -- group, desk or process.
  stream VARCHAR NOT NULL, -- The stream: noun/id, desk, availability/agent/month or
    -- process/name/lane.
  number BIGINT NOT NULL, -- Number of the stream among those of its noun.
  version INTEGER NOT NULL, -- Number of the event in its stream, from 1, in order of recording.
  lane INTEGER NOT NULL, -- Lane of the ledger in which the event stands, from 0.
  sequence BIGINT NOT NULL, -- Number of the event among the effective events of its lane, from 1.
  type VARCHAR NOT NULL, -- What happened, such as CustomerRegistered.
  occurred_at TIMESTAMPTZ NOT NULL, -- When it happened in the world (UTC).
  recorded_at TIMESTAMPTZ NOT NULL, -- When it was recorded, by the clock of the writer (UTC).
  actor_kind VARCHAR NOT NULL, -- Who recorded it: agent, customer, bot, rule, policy, service,
    -- system or importer.
  actor_id VARCHAR NOT NULL, -- Id of the actor; for agents agent.id, for customers customer.id.
  actor_version INTEGER, -- Version of the configuration that acted; NULL where it has none.
  on_behalf_of_kind VARCHAR, -- Kind of the party who did it in the world; NULL for the actor.
  on_behalf_of_id VARCHAR, -- Id of the party who did it in the world; NULL for the actor.
  acting_agent_id VARCHAR, -- agent.id of the agent on whose behalf it was done, else of the agent
    -- who did it; NULL where no agent acted.
  cause_stream VARCHAR, -- Stream of the event that triggered the command; NULL where none did.
  cause_version INTEGER, -- Version of the triggering event; NULL together with it.
  decided_by_kind VARCHAR, -- What decided this event when it was not the actor: rule, policy, model
    -- or macro; NULL for the actor.
  decided_by_id VARCHAR, -- Id of the rule, policy, model or macro; NULL for the actor.
  decided_by_version INTEGER, -- Version of the rule, policy, model or macro; NULL for the actor.
  decided_by_confidence VARCHAR, -- Confidence of the decision as an exact decimal number in text;
    -- NULL where none was stated.
  source_surface VARCHAR NOT NULL, -- Where the command came in: http, cli, import and so on.
  source_id VARCHAR NOT NULL, -- Credential, mapping or process that handed the command in.
  command UUID NOT NULL, -- Id of the command; all events of one command share it.
  command_type VARCHAR NOT NULL, -- Type of the command, such as RegisterCustomer.
  correlation UUID NOT NULL, -- Id of the command that began the chain of which this is a part.
  reason VARCHAR, -- Why, as a code of the desk; NULL where the event has no reason.
  before JSON, -- What was replaced: attribute to value; NULL where nothing was. A personal value is
    -- null in it.
  after JSON, -- What holds from occurred_at on: attribute to value; NULL where no attribute was set.
    -- A personal value is null in it.
  since JSON, -- Since when the values of before had held: attribute to instant (UTC); NULL where
    -- nothing was replaced.
  detail JSON, -- The other facts of the event, such as added, removed; NULL where there are none.
  personal BOOLEAN NOT NULL -- True where the event has personal values; they stand in
    -- stream_event_personal.
);

-- Personal values of that audit trail: one row per event with such values. Needs a grant.
CREATE TABLE stream_event_personal (
  noun VARCHAR NOT NULL, -- What the stream is about: stream_event.noun.
  number BIGINT NOT NULL, -- Number of the stream among those of its noun: stream_event.number.
  version INTEGER NOT NULL, -- Number of the event in its stream: stream_event.version.
  before JSON, -- Personal values that were replaced: attribute to value; NULL where none were.
  after JSON -- Personal values that hold from then on: attribute to value; NULL for none. A value
    -- whose key was destroyed shows as {"$erased": true}.
);

-- name: add
INSERT INTO stream_event
SELECT
  split_part(stream, '/', 1),
  stream,
  number,
  version,
  lane,
  sequence_before + version,
  type,
  occurred_at,
  recorded_at,
  actor_kind,
  actor_id,
  actor_version,
  on_behalf_of_kind,
  on_behalf_of_id,
  CASE
    WHEN on_behalf_of_kind = 'agent' THEN on_behalf_of_id
    WHEN actor_kind = 'agent' THEN actor_id
  END,
  cause_stream,
  cause_version,
  decided_by.kind,
  decided_by.id,
  decided_by.version,
  decided_by.confidence,
  source_surface,
  source_id,
  command,
  command_type,
  correlation,
  reason,
  before,
  after,
  since,
  detail,
  personal
FROM batch_other;

-- name: add_personal
INSERT INTO stream_event_personal
SELECT
  split_part(stream, '/', 1),
  number,
  version,
  before,
  after
FROM batch_other_personal;

-- name: apply
-- The streams that the batch is about and that have a row of their own at present. Those that began
-- before it are read back, with what the batch has added; most begin in it.
CREATE OR REPLACE TEMP TABLE stream_touched AS
SELECT
  split_part(stream, '/', 1) AS noun,
  number,
  min(version) > 1 AS is_known
FROM feed_other
WHERE noun IN ('customer', 'agent', 'group')
GROUP BY noun, number;

-- All their events, in the order in which they happened: a fact that was recorded late is filed
-- where it belongs. These streams are short.
CREATE OR REPLACE TEMP TABLE stream_feed AS
SELECT
  *,
  row_number() OVER (PARTITION BY noun, number ORDER BY occurred_at, version) AS step
FROM (
  SELECT
    split_part(stream, '/', 1) AS noun,
    stream,
    number,
    version,
    type,
    occurred_at,
    after,
    detail
  FROM feed_other
  SEMI JOIN (FROM stream_touched WHERE NOT is_known) AS begun
    ON begun.noun = split_part(feed_other.stream, '/', 1)
    AND begun.number = feed_other.number
  UNION ALL
  SELECT
    noun,
    stream,
    number,
    version,
    type,
    occurred_at,
    after,
    detail
  FROM stream_event
  SEMI JOIN (FROM stream_touched WHERE is_known) AS known
    USING (noun, number)
);

-- Their personal values, event by event.
CREATE OR REPLACE TEMP TABLE stream_feed_personal AS
SELECT
  split_part(stream, '/', 1) AS noun,
  number,
  version,
  after
FROM feed_other_personal
SEMI JOIN (FROM stream_touched WHERE NOT is_known) AS begun
  ON begun.noun = split_part(feed_other_personal.stream, '/', 1)
  AND begun.number = feed_other_personal.number
UNION ALL
SELECT
  noun,
  number,
  version,
  after
FROM stream_event_personal
SEMI JOIN (FROM stream_touched WHERE is_known) AS known
  USING (noun, number);

-- Attributes that changed: of each only the latest value.
CREATE OR REPLACE TEMP TABLE stream_attribute AS
SELECT
  stream_feed.noun,
  stream_feed.number,
  attribute.key,
  arg_max(attribute.value, stream_feed.step) AS value
FROM stream_feed, json_each(stream_feed.after) AS attribute
WHERE stream_feed.type NOT IN ('FieldsChanged', 'TagsChanged')
GROUP BY
  stream_feed.noun,
  stream_feed.number,
  attribute.key;

-- Custom fields that are set at present, plain and personal, as JSON with names in order.
CREATE OR REPLACE TEMP TABLE stream_fields AS
SELECT
  noun,
  number,
  '{' || string_agg(to_json(key) || ':' || value, ',' ORDER BY key) || '}' AS fields
FROM (
  SELECT
    stream_feed.noun,
    stream_feed.number,
    field.key,
    arg_max(field.value, stream_feed.step) AS value
  FROM stream_feed, json_each(stream_feed.after, '$.fields') AS field
  GROUP BY
    stream_feed.noun,
    stream_feed.number,
    field.key
)
WHERE value <> 'null'
GROUP BY noun, number;

CREATE OR REPLACE TEMP TABLE stream_personal AS
SELECT
  noun,
  number,
  max(value ->> '$') FILTER (key = 'name') AS name,
  max(value ->> '$') FILTER (key = 'email') AS email,
  '{' || string_agg(to_json(key) || ':' || value, ',' ORDER BY key) || '}' AS fields
FROM (
  SELECT
    stream_feed.noun,
    stream_feed.number,
    field.key,
    arg_max(field.value, stream_feed.step) AS value
  FROM stream_feed
  JOIN stream_feed_personal
    ON stream_feed_personal.noun = stream_feed.noun
    AND stream_feed_personal.number = stream_feed.number
    AND stream_feed_personal.version = stream_feed.version,
    json_each(stream_feed_personal.after, '$.personal_fields') AS field
  GROUP BY
    stream_feed.noun,
    stream_feed.number,
    field.key
)
WHERE value <> 'null'
GROUP BY noun, number;

-- name: history
SELECT *
FROM stream_event
WHERE stream = $stream
ORDER BY
  occurred_at,
  version;
