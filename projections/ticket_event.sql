-- What happened to each ticket, who did it, for whom, why, and what it replaced: the audit trail.

-- name: tables
-- The audit trail: one row per event of a ticket, recorded refusals included; rows are never
-- changed. (ticket, version) names an event everywhere, (lane, sequence) is its position in the
-- ledger.
CREATE TABLE ticket_event (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Number of the event in its ticket: 1, 2, 3 and so on, in the
    -- order of recording.
  lane INTEGER NOT NULL, -- Lane of the ledger in which the event stands, from 0.
  sequence BIGINT NOT NULL, -- Number of the event among the effective events of its lane, from
    -- 1.
  type VARCHAR NOT NULL, -- What happened, such as TicketAssigned. CommandAnswered = a command
    -- that was refused or found nothing to do.
  occurred_at TIMESTAMPTZ NOT NULL, -- When it happened in the world (UTC).
  recorded_at TIMESTAMPTZ NOT NULL, -- When it was recorded in the ledger, by the clock of the
    -- writer (UTC).
  late BOOLEAN NOT NULL, -- True where something that happened later had been recorded before:
    -- the event is filed into history by occurred_at.
  actor_kind VARCHAR NOT NULL, -- Who recorded it: agent, customer, bot, rule, policy, service,
    -- system or importer.
  actor_id VARCHAR NOT NULL, -- Id of the actor; for agents agent.id, for customers customer.id.
  actor_version INTEGER, -- Version of the configuration that acted; NULL where the actor has
    -- none.
  on_behalf_of_kind VARCHAR, -- Kind of the party who did it in the world; NULL where that is
    -- the actor itself.
  on_behalf_of_id VARCHAR, -- Id of the party who did it in the world; NULL where that is the
    -- actor itself.
  acting_agent_id VARCHAR, -- agent.id of the agent on whose behalf it was done, else of the
    -- agent who did it; NULL where no agent acted.
  cause_stream VARCHAR, -- Stream of the event that triggered the command; NULL where nothing in
    -- the ledger did.
  cause_version INTEGER, -- Version of the triggering event in cause_stream; NULL together with
    -- it.
  decided_by_kind VARCHAR, -- What decided this event when it was not the actor: rule, policy,
    -- model or macro; NULL for the actor.
  decided_by_id VARCHAR, -- Id of the rule, policy, model or macro; NULL for the actor.
  decided_by_version INTEGER, -- Version of the rule, policy, model or macro; NULL for the
    -- actor.
  decided_by_confidence VARCHAR, -- Confidence of the decision as an exact decimal number in
    -- text; NULL where none was stated.
  source_surface VARCHAR NOT NULL, -- Where the command came in: http, cli, email, form,
    -- webhook, import or process.
  source_id VARCHAR NOT NULL, -- Credential, mapping or process that handed the command in.
  command UUID NOT NULL, -- Id of the command; all events of one command share it.
  command_type VARCHAR NOT NULL, -- Type of the command, such as AssignTicket; Together =
    -- several commands decided as one.
  correlation UUID NOT NULL, -- Id of the command that began the chain of which this is a part.
  interaction_id VARCHAR, -- interaction.id of a message, reply, note or call; NULL for other
    -- events.
  contact VARCHAR, -- asked = a customer waits for an answer to it (a message, or a call that
    -- nobody took); answered = a counted agent contact (a reply by an agent, or an answered
    -- call with an agent); NULL = neither.
  reason VARCHAR, -- Why, as a code of the desk; NULL where the event has no reason.
  before JSON, -- What was replaced: attribute to value, as believed when recording. NULL where
    -- nothing was replaced; a personal value is null in it.
  after JSON, -- What holds from occurred_at on: attribute to value. NULL where no attribute was
    -- set; a personal value is null in it.
  since JSON, -- Since when the values of before had held: attribute to instant (UTC); NULL
    -- where nothing was replaced.
  detail JSON, -- The other facts of the event, such as resolution, solver, until, added,
    -- removed; NULL where there are none. Those of a contact stand in interaction.
  personal BOOLEAN NOT NULL -- True where the event has personal values: they stand in
    -- ticket_event_personal, those of a contact in interaction_personal.
);

-- Personal values of the audit trail: one row per event with such values, except contacts, whose
-- values stand in interaction_personal. Needs a grant.
CREATE TABLE ticket_event_personal (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Number of the event in its ticket: ticket_event.version.
  before JSON, -- Personal values that were replaced: attribute to value; NULL where nothing was
    -- replaced.
  after JSON -- Personal values that hold from then on: attribute to value; NULL for none. A value
    -- whose key was destroyed shows as {"$erased": true}.
);

-- name: add
INSERT INTO ticket_event
SELECT
  number,
  version,
  lane,
  sequence_before + version,
  type,
  occurred_at,
  recorded_at,
  false,
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
  interaction_id,
  contact,
  reason,
  before,
  after,
  since,
  detail,
  personal
FROM batch;

-- name: add_personal
INSERT INTO ticket_event_personal
SELECT
  number,
  version,
  before,
  after
FROM batch_personal;

-- name: mark_late
UPDATE ticket_event
SET late = true
FROM late_event
WHERE late_event.ticket = ticket_event.ticket
  AND late_event.version = ticket_event.version;

-- name: history
SELECT
  version,
  lane,
  sequence,
  type,
  occurred_at,
  recorded_at,
  late,
  actor_kind,
  actor_id,
  on_behalf_of_kind,
  on_behalf_of_id,
  acting_agent_id,
  cause_stream,
  cause_version,
  decided_by_kind,
  decided_by_id,
  decided_by_version,
  source_surface,
  source_id,
  command_type,
  interaction_id,
  reason,
  before,
  after,
  detail,
  personal
FROM ticket_event
WHERE ticket = $number
ORDER BY
  occurred_at,
  version;

-- name: history_personal
SELECT
  version,
  before,
  after
FROM ticket_event_personal
WHERE ticket = $number
ORDER BY version;
