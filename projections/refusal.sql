-- Who was told no, or that there was nothing to do.

-- name: tables
-- One row per command that was decided and changed nothing, on any stream that existed; rows are
-- never changed. A refused command that would have begun a stream leaves no row.
CREATE TABLE refusal (
  noun VARCHAR NOT NULL, -- What kind of stream it was for: ticket, customer, agent and so on.
  stream VARCHAR NOT NULL, -- The stream that it was for.
  number BIGINT NOT NULL, -- Number of that stream among those of its noun; for tickets
    -- ticket.number.
  version INTEGER NOT NULL, -- Version of the event that recorded the answer.
  lane INTEGER NOT NULL, -- Lane of the ledger in which it stands, from 0.
  sequence BIGINT NOT NULL, -- Number of the event among the effective events of its lane, from 1.
  occurred_at TIMESTAMPTZ NOT NULL, -- When it was decided (UTC).
  recorded_at TIMESTAMPTZ NOT NULL, -- When the answer was recorded in the ledger (UTC).
  outcome VARCHAR NOT NULL, -- refused = told no; nothing = everything was so already.
  code VARCHAR, -- Why it was refused, such as ticket_closed; NULL where there was nothing to do.
  facts JSON NOT NULL, -- What explains the answer: name to value; never personal.
  actor_kind VARCHAR NOT NULL, -- Who asked: agent, customer, bot, service or importer.
  actor_id VARCHAR NOT NULL, -- Id of who asked; for agents agent.id, for customers customer.id.
  on_behalf_of_kind VARCHAR, -- Kind of the party for whom it was asked; NULL for the actor itself.
  on_behalf_of_id VARCHAR, -- Id of the party for whom it was asked; NULL for the actor itself.
  acting_agent_id VARCHAR, -- agent.id of the agent for whom it was asked, else of the agent who
    -- asked; NULL where no agent acted.
  source_surface VARCHAR NOT NULL, -- Where the command came in: http, cli, email, import and so on.
  source_id VARCHAR NOT NULL, -- Credential, mapping or process that handed the command in.
  command UUID NOT NULL, -- Id of the command.
  command_type VARCHAR NOT NULL -- Type of the command, such as AssignTicket.
);

-- name: add
INSERT INTO refusal
SELECT
  split_part(stream, '/', 1),
  stream,
  number,
  version,
  lane,
  sequence_before + version,
  occurred_at,
  recorded_at,
  detail ->> '$.outcome',
  detail ->> '$.code',
  detail -> '$.facts',
  actor_kind,
  actor_id,
  on_behalf_of_kind,
  on_behalf_of_id,
  CASE
    WHEN on_behalf_of_kind = 'agent' THEN on_behalf_of_id
    WHEN actor_kind = 'agent' THEN actor_id
  END,
  source_surface,
  source_id,
  command,
  command_type
FROM (
  SELECT * FROM batch WHERE type = 'CommandAnswered'
  UNION ALL
  SELECT * FROM batch_other WHERE type = 'CommandAnswered'
);
