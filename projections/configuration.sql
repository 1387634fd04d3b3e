-- Which configuration was published when, and what it said.

-- name: tables
-- One row per published version of a configuration.
CREATE TABLE configuration (
  kind VARCHAR NOT NULL, -- What it configures: desk, ticket-type, view.
  id VARCHAR NOT NULL, -- Its name among those of its kind; empty for the desk, which has but one.
  version INTEGER NOT NULL, -- Number of the version, from 1; ticket.configuration names it.
  document JSON NOT NULL, -- What it says, with its own format number.
  scope JSON, -- For whom: groups, share of tickets; NULL for everybody.
  note VARCHAR, -- Why it was published; NULL where nothing was said.
  published_at TIMESTAMPTZ NOT NULL, -- When it came into force (UTC).
  withdrawn_at TIMESTAMPTZ -- When it was taken out of force (UTC); NULL = never. A version that is
    -- not withdrawn is in force until a later one is published.
);

-- One row per tier of service whose tickets stand before all others.
CREATE VIEW front_tier (
  code -- ticket.tier of such a ticket.
) AS
SELECT tier.value ->> '$.code'
FROM configuration, json_each(configuration.document, '$.tiers') AS tier
WHERE configuration.kind = 'desk'
  AND configuration.withdrawn_at IS NULL
  AND configuration.version = (
    SELECT max(version)
    FROM configuration
    WHERE kind = 'desk'
      AND withdrawn_at IS NULL
  )
  AND (tier.value ->> '$.front') = 'true';

-- name: add
INSERT INTO configuration
SELECT
  split_part(stream, '/', 1),
  split_part(stream, '/', 2),
  (after ->> '$.version')::INTEGER,
  after -> '$.document',
  nullif((after -> '$.scope')::VARCHAR, 'null')::JSON,
  after ->> '$.note',
  occurred_at,
  NULL
FROM batch_other
WHERE type = 'Published';

UPDATE configuration
SET withdrawn_at = withdrawal.occurred_at
FROM (
  SELECT
    split_part(stream, '/', 1) AS kind,
    split_part(stream, '/', 2) AS id,
    (detail ->> '$.version')::INTEGER AS version,
    min(occurred_at) AS occurred_at
  FROM batch_other
  WHERE type = 'Withdrawn'
  GROUP BY ALL
) AS withdrawal
WHERE configuration.kind = withdrawal.kind
  AND configuration.id = withdrawal.id
  AND configuration.version = withdrawal.version
  AND configuration.withdrawn_at IS NULL;
