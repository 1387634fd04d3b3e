-- When agents were there for customers.

-- name: tables
-- One row per change of an agent's availability, as it was recorded; rows are never changed. The
-- stream is availability/<agent>/<month of UTC>.
CREATE TABLE availability_change (
  number BIGINT NOT NULL, -- Number of the stream among those of its noun: stream_event.number.
  version INTEGER NOT NULL, -- Version of the event in that stream: stream_event.version.
  agent_id VARCHAR NOT NULL, -- agent.id of the agent.
  month VARCHAR NOT NULL, -- The stream's month of UTC, as in 2026-03.
  availability VARCHAR NOT NULL, -- What holds from occurred_at on: available, busy, away or offline.
  channels VARCHAR[], -- Channels through which they take work; NULL = every channel.
  planned BOOLEAN NOT NULL, -- True where the rota says so, false where somebody saw or did it.
  reason VARCHAR, -- Why, as a code of the desk; NULL where none was stated.
  occurred_at TIMESTAMPTZ NOT NULL -- Since when (UTC).
);

-- One row per time for which an agent was available, busy, away or offline without a break. An
-- agent's spans follow each other without gap or overlap, from the first change on until they
-- left; before that nothing is known of them. Months do not end a span.
CREATE VIEW availability_span (
  agent_id, -- agent.id of the agent.
  availability, -- available, busy, away or offline.
  channels, -- Channels through which they took work; NULL = every channel.
  planned, -- True where the rota says so, false where somebody saw or did it.
  reason, -- Why, as a code of the desk; NULL where none was stated.
  began_at, -- When it began (UTC).
  ended_at -- When it ended (UTC); NULL = it still lasts.
) AS
WITH
change AS (
  SELECT *
  FROM availability_change
  QUALIFY 1 = row_number() OVER (
    PARTITION BY agent_id, occurred_at
    ORDER BY month DESC, version DESC
  )
),
began AS (
  SELECT *
  FROM change
  WINDOW chronicle AS (PARTITION BY agent_id ORDER BY occurred_at)
  QUALIFY availability IS DISTINCT FROM lag(availability) OVER chronicle
    OR channels IS DISTINCT FROM lag(channels) OVER chronicle
),
span AS (
  SELECT
    *,
    lead(occurred_at) OVER (PARTITION BY agent_id ORDER BY occurred_at) AS followed_at
  FROM began
)
SELECT
  span.agent_id,
  span.availability,
  span.channels,
  span.planned,
  span.reason,
  span.occurred_at,
  least(span.followed_at, agent.left_at)
FROM span
LEFT JOIN agent
  ON agent.id = span.agent_id
WHERE agent.left_at IS NULL
  OR span.occurred_at < agent.left_at;

-- name: add
INSERT INTO availability_change
SELECT
  number,
  version,
  split_part(stream, '/', 2),
  split_part(stream, '/', 3),
  after ->> '$.availability',
  from_json_strict(detail -> '$.channels', '["VARCHAR"]'),
  (detail ->> '$.planned')::BOOLEAN,
  reason,
  occurred_at
FROM batch_other
WHERE type = 'AgentAvailabilityChanged';
