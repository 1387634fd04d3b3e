-- Every contact with a customer, and every note about one.

-- name: tables
-- One row per message, reply, note or call; only a redaction changes a row. Its text, addresses and
-- names of attachments stand in interaction_personal.
CREATE TABLE interaction (
  id VARCHAR NOT NULL, -- Id of the interaction.
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that recorded it: ticket_event.version.
  type VARCHAR NOT NULL, -- CustomerMessageReceived, ReplySent, NoteAdded or CallLogged.
  occurred_at TIMESTAMPTZ NOT NULL, -- When it happened (UTC).
  recorded_at TIMESTAMPTZ NOT NULL, -- When it was recorded in the ledger (UTC).
  opening BOOLEAN NOT NULL, -- True where it was recorded together with the ticket's opening.
  channel VARCHAR NOT NULL, -- Channel, as a code of the desk.
  inbox VARCHAR, -- Address, number or form of the desk that it went through; NULL for none.
  direction VARCHAR NOT NULL, -- in = from a customer, out = to a customer, internal = neither.
  author_kind VARCHAR NOT NULL, -- Who wrote or spoke: agent, customer, bot, rule, service and so on.
  author_id VARCHAR, -- Id of the author; for agents agent.id, for customers customer.id. NULL for a
    -- person who is no customer of the desk.
  contact VARCHAR, -- asked = a customer waits for an answer to it; answered = a counted agent
    -- contact; NULL = neither. As in ticket_event.
  format VARCHAR NOT NULL, -- Of the text: plain or html.
  language VARCHAR, -- Language of the text (BCP 47); NULL where not known.
  attachments JSON NOT NULL, -- List of id, media_type, size (bytes) and sha256 (of the sealed
    -- bytes); empty for none.
  used JSON NOT NULL, -- Published articles, templates and macros that went into it: list of kind,
    -- id, version; empty for none.
  verified BOOLEAN, -- Of a message: whether the sender was shown to be who they say; else NULL.
  mentions VARCHAR[], -- Of a note: agent.id of those whom it mentions; else NULL.
  started_at TIMESTAMPTZ, -- Of a call: its beginning (UTC); else NULL.
  ended_at TIMESTAMPTZ, -- Of a call: its end (UTC); else NULL.
  waited_seconds BIGINT, -- Of a call: whole seconds until it was answered or given up; NULL where
    -- not known, and for other contacts.
  answered BOOLEAN, -- Of a call: whether somebody took it; else NULL.
  agent_id VARCHAR, -- Of a call: agent.id of who of the desk spoke or tried to; NULL for nobody.
  voicemail BOOLEAN, -- Of a call: whether a message was left; else NULL.
  redacted VARCHAR[] NOT NULL -- What of it was made unreadable for ever: text, and ids of
    -- attachments; mostly empty.
);

-- Personal values of contacts: one row per interaction that has any. Ids that tie messages into
-- threads stay in the ledger. Needs a grant.
CREATE TABLE interaction_personal (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  version INTEGER NOT NULL, -- Version of the event that recorded it: interaction.version.
  text VARCHAR, -- What was written or said; NULL for a contact without words, and where erased.
  sender VARCHAR, -- Address of the sender of a message; NULL where not known, and where erased.
  recipients VARCHAR[], -- Addresses of the recipients; NULL where none are known, or erased.
  cc VARCHAR[], -- Addresses that a reply was copied to; NULL where there are none, or erased.
  attachment_names JSON, -- Id of the attachment to its name; NULL where it has no attachments.
  erased VARCHAR[] NOT NULL -- Places of the values that cannot be read any more because their key
    -- was destroyed; mostly empty.
);

-- name: add
INSERT INTO interaction
SELECT
  interaction_id,
  number,
  version,
  type,
  occurred_at,
  recorded_at,
  opening,
  channel,
  inbox,
  direction,
  author.kind,
  author.id,
  contact,
  format,
  language,
  attachments,
  used,
  verified,
  mentions,
  started_at,
  ended_at,
  waited_seconds,
  answered,
  agent_id,
  voicemail,
  []
FROM batch_contact;

-- name: add_personal
INSERT INTO interaction_personal
SELECT
  number,
  version,
  text,
  sender,
  recipients,
  cc,
  attachment_names,
  erased
FROM batch_contact_personal;

-- name: redact
CREATE OR REPLACE TEMP TABLE redaction AS
SELECT
  interaction.id,
  interaction.ticket,
  interaction.version,
  list_sort(list_distinct(flatten(list(stated.parts)))) AS parts
FROM (
  SELECT
    ticket,
    detail ->> '$.interaction' AS id,
    from_json_strict(detail -> '$.parts', '["VARCHAR"]') AS parts
  FROM ticket_feed
  WHERE type = 'InteractionRedacted'
) AS stated
JOIN interaction
  ON interaction.ticket = stated.ticket
  AND interaction.id = stated.id
GROUP BY
  interaction.id,
  interaction.ticket,
  interaction.version;

UPDATE interaction
SET redacted = list_sort(list_distinct(list_concat(interaction.redacted, redaction.parts)))
FROM redaction
WHERE redaction.ticket = interaction.ticket
  AND redaction.version = interaction.version;

-- The keys are destroyed next. What is read again afterwards must look the same.
UPDATE interaction_personal
SET
  text = if(list_contains(redaction.parts, 'text'), NULL, interaction_personal.text),
  erased = if(
    list_contains(redaction.parts, 'text') AND NOT list_contains(erased, 'text'),
    list_prepend('text', erased),
    erased
  )
FROM redaction
WHERE redaction.ticket = interaction_personal.ticket
  AND redaction.version = interaction_personal.version;

UPDATE interaction_personal
SET attachment_names = names.attachment_names
FROM (
  SELECT
    interaction_personal.ticket,
    interaction_personal.version,
    '{' || string_agg(
      to_json(name.key) || ':'
        || if(list_contains(redaction.parts, name.key), '{"$erased":true}', name.value),
      ',' ORDER BY name.id
    ) || '}' AS attachment_names
  FROM redaction
  JOIN interaction_personal
    ON interaction_personal.ticket = redaction.ticket
    AND interaction_personal.version = redaction.version,
    json_each(interaction_personal.attachment_names) AS name
  GROUP BY
    interaction_personal.ticket,
    interaction_personal.version
) AS names
WHERE names.ticket = interaction_personal.ticket
  AND names.version = interaction_personal.version;

-- name: texts
SELECT
  version,
  text,
  erased
FROM interaction_personal
WHERE ticket = $number
ORDER BY version;
