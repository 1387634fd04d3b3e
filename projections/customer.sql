-- Whom the desk serves.

-- name: tables
-- One row per customer as it is at present. The present value of every attribute is that of the
-- latest (occurred_at, version). Names and addresses stand in customer_personal.
CREATE TABLE customer (
  number BIGINT NOT NULL, -- Number of the customer among the desk's customers; unique.
  id VARCHAR NOT NULL, -- Id of the customer: its stream in the ledger is customer/<id>.
  version INTEGER NOT NULL, -- Version of the latest event, recorded refusals included.
  kind VARCHAR NOT NULL, -- person or organisation.
  language VARCHAR, -- Language (BCP 47); NULL where not known.
  zone VARCHAR, -- Time zone (IANA); NULL where not known.
  tier VARCHAR, -- Tier of service; NULL for none.
  organisation_id VARCHAR, -- customer.id of the organisation they belong to; NULL for none.
  account_manager_id VARCHAR, -- agent.id of who looks after them; NULL for nobody.
  blocked BOOLEAN NOT NULL, -- True where the desk refuses their own tickets and messages.
  merged_into_id VARCHAR, -- customer.id of the older customer who took this one's place, and may
    -- have been merged since: see customer_survivor; NULL = stands for itself.
  merged_at TIMESTAMPTZ, -- When the place was taken (UTC); NULL together with merged_into_id.
  tags VARCHAR[] NOT NULL, -- Tags in alphabetical order; empty for none.
  fields JSON NOT NULL, -- Custom fields that are set: name to value, names in alphabetical order.
  identities JSON NOT NULL, -- Identities that lead to them: list of identity, channel, verified, by
    -- identity; empty for none.
  source VARCHAR NOT NULL, -- What made them known: a channel, an import, an agent.
  registered_at TIMESTAMPTZ NOT NULL, -- When they became known (UTC).
  latest_at TIMESTAMPTZ NOT NULL -- Latest time at which something happened to them (UTC), recorded
    -- refusals apart; tickets are streams of their own.
);

-- Personal values of each customer at present, where there are any. Needs a grant.
CREATE TABLE customer_personal (
  number BIGINT NOT NULL, -- Number of the customer: customer.number.
  name VARCHAR, -- Name; NULL for none. {"$erased":true} = its key was destroyed.
  email VARCHAR, -- Email address as a field; NULL for none. Erased as for name.
  fields JSON NOT NULL, -- All personal fields that are set: name to value, names in order.
  addresses JSON NOT NULL -- Identity to the address that it stands for, of those in
    -- customer.identities; erased as for name.
);

-- One row per present reference of a customer to a thing in another system.
CREATE TABLE customer_reference (
  number BIGINT NOT NULL, -- Number of the customer: customer.number.
  system VARCHAR NOT NULL, -- The other system, as a code of the desk.
  kind VARCHAR NOT NULL, -- What kind of thing, such as customer, contract.
  id VARCHAR NOT NULL, -- What the other system calls it.
  occurred_at TIMESTAMPTZ, -- When the thing happened there (UTC); NULL where not stated.
  facts JSON, -- A few values of the thing; NULL for none.
  version INTEGER NOT NULL, -- Version of the event that stated it: stream_event.version.
  linked_at TIMESTAMPTZ NOT NULL -- When it was linked (UTC).
);

-- name: apply
CREATE OR REPLACE TEMP TABLE customer_identity_change AS
SELECT
  stream_feed.number,
  stream_feed.step,
  stream_feed.version,
  added.value ->> '$.identity' AS identity,
  added.value ->> '$.channel' AS channel,
  (added.value ->> '$.verified')::BOOLEAN AS verified,
  true AS holds
FROM stream_feed, json_each(stream_feed.detail, '$.added') AS added
WHERE stream_feed.noun = 'customer'
  AND stream_feed.type = 'IdentitiesChanged'
UNION ALL
SELECT
  stream_feed.number,
  stream_feed.step,
  stream_feed.version,
  removed.value ->> '$',
  NULL,
  NULL,
  false
FROM stream_feed, json_each(stream_feed.detail, '$.removed') AS removed
WHERE stream_feed.noun = 'customer'
  AND stream_feed.type = 'IdentitiesChanged';

CREATE OR REPLACE TEMP TABLE customer_identity AS
SELECT *
FROM customer_identity_change
QUALIFY holds
  AND step = max(step) OVER (PARTITION BY number, identity);

CREATE OR REPLACE TEMP TABLE customer_next AS
WITH
begun AS (
  SELECT
    number,
    any_value(split_part(stream, '/', 2)) AS id,
    max(version) AS version,
    min(occurred_at) FILTER (type = 'CustomerRegistered') AS registered_at,
    max(detail ->> '$.into') FILTER (type = 'Merged') AS merged_into_id,
    max(occurred_at) FILTER (type = 'Merged') AS merged_at,
    max(occurred_at) FILTER (type <> 'CommandAnswered') AS latest_at
  FROM stream_feed
  WHERE noun = 'customer'
  GROUP BY number
),
attribute AS (
  SELECT
    number,
    max(value ->> '$') FILTER (key = 'kind') AS kind,
    max(value ->> '$') FILTER (key = 'language') AS language,
    max(value ->> '$') FILTER (key = 'zone') AS zone,
    max(value ->> '$') FILTER (key = 'tier') AS tier,
    max(value ->> '$') FILTER (key = 'organisation') AS organisation_id,
    max(value ->> '$') FILTER (key = 'account_manager') AS account_manager_id,
    max(value ->> '$') FILTER (key = 'blocked') AS blocked,
    max(value ->> '$') FILTER (key = 'source') AS source
  FROM stream_attribute
  WHERE noun = 'customer'
  GROUP BY number
),
tag_change AS (
  SELECT stream_feed.number, stream_feed.step, added.value ->> '$.tag' AS tag, true AS holds
  FROM stream_feed, json_each(stream_feed.detail, '$.added') AS added
  WHERE stream_feed.noun = 'customer'
    AND stream_feed.type = 'TagsChanged'
  UNION ALL
  SELECT stream_feed.number, stream_feed.step, removed.value ->> '$', false
  FROM stream_feed, json_each(stream_feed.detail, '$.removed') AS removed
  WHERE stream_feed.noun = 'customer'
    AND stream_feed.type = 'TagsChanged'
),
tagging AS (
  SELECT
    number,
    list(tag ORDER BY tag) FILTER (holds) AS tags
  FROM (
    SELECT number, tag, arg_max(holds, step) AS holds
    FROM tag_change
    GROUP BY number, tag
  )
  GROUP BY number
),
identity AS (
  SELECT
    number,
    to_json(list(
      {'identity': identity, 'channel': channel, 'verified': verified} ORDER BY identity
    )) AS identities
  FROM customer_identity
  GROUP BY number
)
SELECT
  begun.number,
  begun.id,
  begun.version,
  attribute.kind,
  attribute.language,
  attribute.zone,
  attribute.tier,
  attribute.organisation_id,
  attribute.account_manager_id,
  coalesce(attribute.blocked::BOOLEAN, false) AS blocked,
  begun.merged_into_id,
  begun.merged_at,
  coalesce(tagging.tags, []) AS tags,
  coalesce(stream_fields.fields, '{}') AS fields,
  coalesce(identity.identities, '[]') AS identities,
  attribute.source,
  begun.registered_at,
  begun.latest_at
FROM begun
JOIN attribute
  ON attribute.number = begun.number
LEFT JOIN tagging
  ON tagging.number = begun.number
LEFT JOIN identity
  ON identity.number = begun.number
LEFT JOIN stream_fields
  ON stream_fields.noun = 'customer'
  AND stream_fields.number = begun.number;

DELETE FROM customer
WHERE number IN (SELECT number FROM customer_next);

INSERT INTO customer
SELECT *
FROM customer_next;

DELETE FROM customer_personal
WHERE number IN (SELECT number FROM customer_next);

INSERT INTO customer_personal
SELECT
  number,
  stream_personal.name,
  stream_personal.email,
  coalesce(stream_personal.fields, '{}'),
  coalesce(address.addresses, '{}')
FROM (
  SELECT *
  FROM stream_personal
  WHERE noun = 'customer'
) AS stream_personal
FULL JOIN (
  SELECT
    number,
    '{' || string_agg(
      to_json(identity) || ':' || (
        stream_feed_personal.after -> ('$.identities."' || identity || '"')
      ),
      ',' ORDER BY identity
    ) || '}' AS addresses
  FROM customer_identity
  JOIN stream_feed_personal
    USING (number, version)
  WHERE stream_feed_personal.noun = 'customer'
  GROUP BY number
) AS address
  USING (number);

DELETE FROM customer_reference
WHERE number IN (SELECT number FROM customer_next);

INSERT INTO customer_reference
SELECT
  number,
  system,
  kind,
  id,
  occurred_at,
  facts,
  version,
  linked_at
FROM (
  SELECT
    stream_feed.number,
    stream_feed.step,
    stream_feed.version,
    stream_feed.occurred_at AS linked_at,
    added.value ->> '$.system' AS system,
    added.value ->> '$.kind' AS kind,
    added.value ->> '$.id' AS id,
    (added.value ->> '$.occurred_at')::TIMESTAMPTZ AS occurred_at,
    added.value -> '$.facts' AS facts,
    true AS holds
  FROM stream_feed, json_each(stream_feed.detail, '$.added') AS added
  WHERE stream_feed.noun = 'customer'
    AND stream_feed.type = 'ReferencesChanged'
  UNION ALL
  SELECT
    stream_feed.number,
    stream_feed.step,
    stream_feed.version,
    stream_feed.occurred_at,
    removed.value ->> '$.system',
    removed.value ->> '$.kind',
    removed.value ->> '$.id',
    NULL,
    NULL,
    false
  FROM stream_feed, json_each(stream_feed.detail, '$.removed') AS removed
  WHERE stream_feed.noun = 'customer'
    AND stream_feed.type = 'ReferencesChanged'
)
QUALIFY holds
  AND step = max(step) OVER (PARTITION BY number, system, kind, id);
