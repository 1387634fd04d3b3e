-- What each ticket is at present.

-- name: tables
-- One row per ticket as it is at present. The present value of every attribute is that of the
-- latest (occurred_at, version).
CREATE TABLE ticket (
  number BIGINT NOT NULL, -- The short number that people use; unique in the desk.
  id VARCHAR NOT NULL, -- Id of the ticket: its stream in the ledger is ticket/<id>.
  version INTEGER NOT NULL, -- Version of the latest event, recorded refusals included.
  kind VARCHAR NOT NULL, -- request (of a customer), feedback or task; figures count requests
    -- unless they say otherwise.
  customer_id VARCHAR, -- customer.id of the requester; NULL where the ticket has none.
  channel VARCHAR NOT NULL, -- Channel through which it was opened, as a code of the desk.
  inbox VARCHAR, -- Address, number or form of the desk at which it arrived; NULL for none.
  direction VARCHAR NOT NULL, -- Who began it: in = a customer; out, internal = the desk.
  language VARCHAR, -- Language of the ticket (BCP 47); NULL where not known.
  opened_at TIMESTAMPTZ NOT NULL, -- When it was opened (UTC).
  latest_at TIMESTAMPTZ NOT NULL, -- Latest time at which something happened to it (UTC),
    -- recorded refusals and what its clocks show apart.
  status VARCHAR NOT NULL, -- new, open, pending, on_hold, solved or closed.
  status_since TIMESTAMPTZ NOT NULL, -- When the latest event about the status happened (UTC).
  status_version INTEGER NOT NULL, -- Version of the latest event about the status.
  status_reason VARCHAR, -- Reason of the latest event about the status; NULL where it has none.
  waits_until TIMESTAMPTZ, -- When a waiting ticket comes back by itself (UTC); NULL for never,
    -- and where it does not wait.
  group_id VARCHAR, -- agent_group.id of the group; NULL for none.
  agent_id VARCHAR, -- agent.id of the responsible agent; NULL = the queue of the group is
    -- responsible, without a group the intake queue.
  responsible_since TIMESTAMPTZ NOT NULL, -- When the latest event about group and agent
    -- happened (UTC).
  party_version INTEGER NOT NULL, -- Version of the latest event about group and agent.
  party_reason VARCHAR, -- Reason of that event, such as taken; NULL for the opening.
  type VARCHAR, -- Type of the request, as a code of the desk (type_code in events); NULL for
    -- none.
  category VARCHAR[] NOT NULL, -- Category, from the widest term to the narrowest; empty for
    -- none.
  stage VARCHAR, -- Stage of the customer journey; NULL for none.
  tier VARCHAR, -- Tier of service; NULL for none.
  priority VARCHAR, -- Priority, as a code of the desk; NULL for none.
  impact VARCHAR, -- Impact, as a code of the desk; NULL for none.
  urgency VARCHAR, -- Urgency, as a code of the desk; NULL for none.
  pinned BOOLEAN NOT NULL, -- True where the priority was set by hand, so that nothing computes
    -- it anew.
  tags VARCHAR[] NOT NULL, -- Tags in alphabetical order; empty for none.
  fields JSON NOT NULL, -- Custom fields that are set: name to value, names in alphabetical
    -- order. Personal ones stand in ticket_personal.
  first_assigned_at TIMESTAMPTZ, -- When an agent was first responsible (UTC); NULL = never yet.
  first_answered_at TIMESTAMPTZ, -- When the first counted agent contact happened (UTC); NULL =
    -- none yet. First response time = first_answered_at - opened_at, for tickets with direction
    -- in.
  unanswered_since TIMESTAMPTZ, -- Oldest customer contact after the last counted agent contact
    -- and the last settle (UTC); NULL = the customer waits for no answer.
  activated_at TIMESTAMPTZ, -- Latest activation or reopening (UTC); NULL = none yet.
  customer_contacts INTEGER NOT NULL, -- Number of contacts by which a customer asked: messages,
    -- and calls that nobody took.
  agent_contacts INTEGER NOT NULL, -- Number of counted agent contacts: replies by an agent, and
    -- answered calls with an agent.
  notes INTEGER NOT NULL, -- Number of internal notes.
  reopenings INTEGER NOT NULL, -- Number of reopenings.
  settled_at TIMESTAMPTZ, -- When it last went from an unsettled status to solved or closed
    -- (UTC); NULL = it is not settled.
  resolution VARCHAR, -- How it was solved, as a code of the desk; NULL = it is not settled, or
    -- was closed without being solved.
  solver_id VARCHAR, -- agent.id of who has the credit of the settle: the acting agent, else the
    -- agent responsible then; NULL = nobody, it was discarded, or it is not settled.
  closed_at TIMESTAMPTZ, -- When it was closed (UTC); NULL = it is not closed.
  due_at TIMESTAMPTZ, -- By when it is to be done (UTC), where somebody said so; NULL for no time.
  due_promised BOOLEAN NOT NULL, -- True where the customer was told that time.
  escalation_level INTEGER NOT NULL, -- The highest level to which it, or one of its clocks, was
    -- escalated; 0 = it never was.
  clock_due_at TIMESTAMPTZ, -- Earliest due time of its clocks that have not stopped, breached ones
    -- included (UTC); NULL = none is due.
  merged_into VARCHAR, -- ticket.id of the older ticket of which it has become a part; NULL = it was
    -- not merged. That one may have been merged in turn.
  configuration JSON NOT NULL, -- What was in force at the opening: ticket_type, workflow and form
    -- (each kind, id, version; 0 = shipped with the software; null for none), step of the workflow,
    -- variant (arm of a pilot; null for none).
  origin JSON -- What it came from: relation, ticket (ticket.id) and interaction (interaction.id);
    -- NULL where it came from no other ticket.
);

-- name: apply
CREATE OR REPLACE TEMP TABLE ticket_next AS
WITH
known AS (
  SELECT * EXCLUDE (row_id)
  FROM ticket_replaced
  WHERE number NOT IN (SELECT ticket FROM late_event)
  UNION ALL BY NAME
  SELECT
    opened.ticket AS number,
    opened.id,
    opened.stated.kind,
    opened.stated.customer AS customer_id,
    opened.stated.channel,
    opened.stated.inbox,
    opened.stated.direction,
    opened.stated.language,
    opened.occurred_at AS opened_at,
    opened.stated.type_code AS type,
    opened.stated.category,
    opened.stated.stage,
    opened.stated.tier,
    opened.stated.priority,
    opened.stated.impact,
    opened.stated.urgency,
    false AS pinned,
    list_sort(opened.stated.tags) AS tags,
    opened.stated.fields,
    0 AS customer_contacts,
    0 AS agent_contacts,
    0 AS notes,
    0 AS reopenings,
    false AS due_promised,
    0 AS escalation_level,
    opened.stated.configuration,
    opened.stated.origin
  FROM (
    SELECT
      ticket,
      id,
      occurred_at,
      json_transform_strict(after, '{
        "kind": "VARCHAR", "customer": "VARCHAR", "channel": "VARCHAR", "inbox": "VARCHAR",
        "direction": "VARCHAR", "language": "VARCHAR", "type_code": "VARCHAR",
        "category": ["VARCHAR"], "stage": "VARCHAR", "tier": "VARCHAR", "priority": "VARCHAR",
        "impact": "VARCHAR", "urgency": "VARCHAR", "tags": ["VARCHAR"], "fields": "JSON",
        "configuration": "JSON", "origin": "JSON"
      }') AS stated
    FROM ticket_feed
    WHERE type = 'TicketOpened'
  ) AS opened
),
-- DuckDB cuts the whole batch anew for each aggregate that has a FILTER: so none has.
fold AS (
  SELECT
    ticket,
    max(version) AS version,
    max(if(is_fact, occurred_at, NULL)) AS latest_at,
    min(if(contact = 'answered', occurred_at, NULL)) AS first_answered_at,
    min(if(agent_id IS NOT NULL, occurred_at, NULL)) AS first_assigned_at,
    max(if(type IN ('TicketActivated', 'TicketReopened'), occurred_at, NULL)) AS activated_at,
    count(if(contact = 'asked', 1, NULL)) AS customer_contacts,
    count(if(contact = 'answered', 1, NULL)) AS agent_contacts,
    count(if(type = 'NoteAdded', 1, NULL)) AS notes,
    count(if(type = 'TicketReopened', 1, NULL)) AS reopenings,
    max(if(contact = 'answered' OR settles, step, NULL)) AS answered_step,
    arg_max(status, step) AS status,
    max(if(status IS NOT NULL, occurred_at, NULL)) AS status_since,
    arg_max(version, if(status IS NOT NULL, step, NULL)) AS status_version,
    arg_max_null(reason, if(status IS NOT NULL, step, NULL)) AS status_reason,
    arg_max_null(detail ->> '$.until', if(status IS NOT NULL, step, NULL)) AS waits_until,
    max(if(settles, occurred_at, NULL)) AS settled_at,
    max(if(settles OR type = 'TicketSolved', step, NULL)) AS resolved_step,
    arg_max_null(detail ->> '$.resolution', if(settles OR type = 'TicketSolved', step, NULL))
      AS resolution,
    max(if(settles, step, NULL)) AS settled_step,
    arg_max(type = 'TicketSolved', if(settles, step, NULL)) AS solves,
    arg_max(
      type = 'Merged' OR coalesce(reason IN ('spam', 'duplicate', 'test'), false),
      if(settles, step, NULL)
    ) AS discards,
    arg_max_null(
      CASE
        WHEN type = 'TicketSolved' THEN detail ->> '$.solver'
        WHEN decider NOT IN ('rule', 'policy', 'model') THEN acting_agent_id
      END,
      if(settles, step, NULL)
    ) AS settler_id,
    max(if(type IN ('TicketClosed', 'Merged'), occurred_at, NULL)) AS closed_at,
    max(if(type = 'Merged', detail ->> '$.into', NULL)) AS merged_into,
    max(if(sets_party, occurred_at, NULL)) AS responsible_since,
    arg_max(version, if(sets_party, step, NULL)) AS party_version,
    arg_max_null(reason, if(sets_party, step, NULL)) AS party_reason,
    arg_max_null(group_id, if(sets_party, step, NULL)) AS group_id,
    arg_max_null(agent_id, if(sets_party, step, NULL)) AS agent_id
  FROM ticket_feed
  GROUP BY ticket
),
-- Whose customer had waited in a ticket that was merged into this one, waits in this one.
question AS (
  SELECT
    asked.ticket,
    min(asked.occurred_at) AS unanswered_since
  FROM (
    SELECT ticket, step, occurred_at
    FROM ticket_feed
    WHERE contact = 'asked'
    UNION ALL
    SELECT ticket, step, (link.value ->> '$.unanswered_since')::TIMESTAMPTZ
    FROM ticket_feed, json_each(detail, '$.added') AS link
    WHERE ticket_feed.type = 'LinksChanged'
  ) AS asked
  JOIN fold
    ON fold.ticket = asked.ticket
  WHERE asked.step > coalesce(fold.answered_step, 0)
  GROUP BY asked.ticket
),
-- Who was responsible when a ticket was closed without being solved.
responsible AS (
  SELECT
    ticket_feed.ticket,
    arg_max_null(ticket_feed.agent_id, ticket_feed.step) AS agent_id
  FROM ticket_feed
  JOIN fold
    ON fold.ticket = ticket_feed.ticket
  WHERE ticket_feed.sets_party
    AND ticket_feed.step < fold.settled_step
  GROUP BY ticket_feed.ticket
),
present AS (
  SELECT
    known.* REPLACE (
      fold.version AS version,
      greatest(known.latest_at, fold.latest_at) AS latest_at,
      coalesce(fold.status, known.status) AS status,
      coalesce(fold.status_since, known.status_since) AS status_since,
      coalesce(fold.status_version, known.status_version) AS status_version,
      if(fold.status IS NULL, known.status_reason, fold.status_reason) AS status_reason,
      if(fold.status IS NULL, known.waits_until, fold.waits_until::TIMESTAMPTZ) AS waits_until,
      coalesce(fold.party_version, known.party_version) AS party_version,
      if(fold.party_version IS NULL, known.party_reason, fold.party_reason) AS party_reason,
      if(fold.party_version IS NULL, known.group_id, fold.group_id) AS group_id,
      if(fold.party_version IS NULL, known.agent_id, fold.agent_id) AS agent_id,
      coalesce(fold.responsible_since, known.responsible_since) AS responsible_since,
      coalesce(known.first_assigned_at, fold.first_assigned_at) AS first_assigned_at,
      coalesce(known.first_answered_at, fold.first_answered_at) AS first_answered_at,
      least(
        if(fold.answered_step IS NULL, known.unanswered_since, NULL),
        question.unanswered_since
      ) AS unanswered_since,
      coalesce(fold.activated_at, known.activated_at) AS activated_at,
      known.customer_contacts + fold.customer_contacts AS customer_contacts,
      known.agent_contacts + fold.agent_contacts AS agent_contacts,
      known.notes + fold.notes AS notes,
      known.reopenings + fold.reopenings AS reopenings,
      coalesce(fold.settled_at, known.settled_at) AS settled_at,
      if(fold.resolved_step IS NULL, known.resolution, fold.resolution) AS resolution,
      CASE
        WHEN fold.settled_step IS NULL THEN known.solver_id
        WHEN fold.discards THEN NULL
        WHEN fold.solves OR fold.settler_id IS NOT NULL THEN fold.settler_id
        WHEN responsible.ticket IS NULL THEN known.agent_id
        ELSE responsible.agent_id
      END AS solver_id,
      coalesce(fold.closed_at, known.closed_at) AS closed_at,
      coalesce(fold.merged_into, known.merged_into) AS merged_into
    )
  FROM fold
  JOIN known
    ON known.number = fold.ticket
  LEFT JOIN question
    ON question.ticket = fold.ticket
  LEFT JOIN responsible
    ON responsible.ticket = fold.ticket
)
SELECT
  * REPLACE (
    if(status IN ('solved', 'closed'), settled_at, NULL) AS settled_at,
    if(status IN ('solved', 'closed'), resolution, NULL) AS resolution,
    if(status IN ('solved', 'closed'), solver_id, NULL) AS solver_id,
    if(status = 'closed', closed_at, NULL) AS closed_at
  )
FROM present;

-- name: apply_class
UPDATE ticket_next
SET
  type = if(class.type IS NULL, ticket_next.type, class.type ->> '$'),
  category = coalesce(from_json_strict(class.category, '["VARCHAR"]'), ticket_next.category),
  stage = if(class.stage IS NULL, ticket_next.stage, class.stage ->> '$'),
  tier = if(class.tier IS NULL, ticket_next.tier, class.tier ->> '$'),
  priority = if(class.priority IS NULL, ticket_next.priority, class.priority ->> '$'),
  impact = if(class.impact IS NULL, ticket_next.impact, class.impact ->> '$'),
  urgency = if(class.urgency IS NULL, ticket_next.urgency, class.urgency ->> '$'),
  pinned = coalesce(class.pinned::BOOLEAN, ticket_next.pinned)
FROM (
  SELECT
    ticket_feed.ticket,
    arg_max(set.value, step) FILTER (set.key = 'type_code') AS type,
    arg_max(set.value, step) FILTER (set.key = 'category') AS category,
    arg_max(set.value, step) FILTER (set.key = 'stage') AS stage,
    arg_max(set.value, step) FILTER (set.key = 'tier') AS tier,
    arg_max(set.value, step) FILTER (set.key = 'priority') AS priority,
    arg_max(set.value, step) FILTER (set.key = 'impact') AS impact,
    arg_max(set.value, step) FILTER (set.key = 'urgency') AS urgency,
    arg_max(set.value, step) FILTER (set.key = 'pinned') AS pinned
  FROM ticket_feed, json_each(ticket_feed.after) AS set
  WHERE ticket_feed.type IN ('TicketClassified', 'TicketPrioritised')
  GROUP BY ticket_feed.ticket
) AS class
WHERE class.ticket = ticket_next.number;

-- name: apply_due
UPDATE ticket_next
SET
  due_at = due.due_at,
  due_promised = due.promised
FROM (
  SELECT
    ticket,
    arg_max_null((after ->> '$.due')::TIMESTAMPTZ, step) AS due_at,
    arg_max((detail ->> '$.promised')::BOOLEAN, step) AS promised
  FROM ticket_feed
  WHERE type = 'TicketDueSet'
  GROUP BY ticket
) AS due
WHERE due.ticket = ticket_next.number;

-- name: apply_escalation
UPDATE ticket_next
SET escalation_level = greatest(ticket_next.escalation_level, escalation.level)
FROM (
  SELECT
    ticket,
    max((after ->> '$.level')::INTEGER) AS level
  FROM ticket_feed
  WHERE type = 'TicketEscalated'
  GROUP BY ticket
) AS escalation
WHERE escalation.ticket = ticket_next.number;

-- name: apply_clocks
UPDATE ticket_next
SET clock_due_at = running.due_at
FROM (
  SELECT
    ticket,
    min(due_at) FILTER (phase <> 'stopped') AS due_at
  FROM clock
  WHERE ticket IN (SELECT number FROM ticket_next)
  GROUP BY ticket
) AS running
WHERE running.ticket = ticket_next.number;

-- name: apply_requester
UPDATE ticket_next
SET customer_id = requester.customer_id
FROM (
  SELECT
    ticket,
    arg_max_null(customer_id, 2 * step + given) AS customer_id
  FROM (
    SELECT ticket, step, 1 AS given, added.value ->> '$.customer' AS customer_id
    FROM ticket_feed, json_each(detail, '$.added') AS added
    WHERE ticket_feed.type = 'ParticipantsChanged'
      AND added.value ->> '$.role' = 'requester'
    UNION ALL
    SELECT ticket, step, 0, NULL
    FROM ticket_feed, json_each(detail, '$.removed') AS removed
    WHERE ticket_feed.type = 'ParticipantsChanged'
      AND removed.value ->> '$.role' = 'requester'
  )
  GROUP BY ticket
) AS requester
WHERE requester.ticket = ticket_next.number;

-- name: apply_tags
UPDATE ticket_next
SET tags = tagging.tags
FROM (
  SELECT
    ticket,
    coalesce(list(tag ORDER BY tag) FILTER (holds), []) AS tags
  FROM (
    SELECT
      ticket,
      tag,
      arg_max(holds, step) AS holds
    FROM (
      SELECT number AS ticket, 0 AS step, unnest(tags) AS tag, true AS holds
      FROM ticket_next
      WHERE number IN (SELECT ticket FROM ticket_feed WHERE type = 'TagsChanged')
      UNION ALL
      SELECT ticket, step, added.value ->> '$.tag', true
      FROM ticket_feed, json_each(detail, '$.added') AS added
      WHERE ticket_feed.type = 'TagsChanged'
      UNION ALL
      SELECT ticket, step, removed.value ->> '$', false
      FROM ticket_feed, json_each(detail, '$.removed') AS removed
      WHERE ticket_feed.type = 'TagsChanged'
    )
    GROUP BY ticket, tag
  )
  GROUP BY ticket
) AS tagging
WHERE tagging.ticket = ticket_next.number;

-- name: apply_fields
UPDATE ticket_next
SET fields = form.fields
FROM (
  SELECT
    ticket,
    '{' || coalesce(
      string_agg(to_json(key) || ':' || value, ',' ORDER BY key) FILTER (value <> 'null'), ''
    ) || '}' AS fields
  FROM (
    SELECT
      ticket,
      key,
      arg_max(value, step) AS value
    FROM (
      SELECT number AS ticket, 0 AS step, field.key, field.value
      FROM ticket_next, json_each(fields) AS field
      WHERE number IN (SELECT ticket FROM ticket_feed WHERE type = 'FieldsChanged')
      UNION ALL
      SELECT ticket, step, field.key, field.value
      FROM ticket_feed, json_each(after, '$.fields') AS field
      WHERE ticket_feed.type = 'FieldsChanged'
    )
    GROUP BY ticket, key
  )
  GROUP BY ticket
) AS form
WHERE form.ticket = ticket_next.number;

-- name: replace
DELETE FROM ticket
WHERE rowid IN (SELECT row_id FROM ticket_replaced);

INSERT INTO ticket
SELECT *
FROM ticket_next;

-- name: counts
SELECT
  status,
  count(*) AS tickets
FROM ticket
GROUP BY status
ORDER BY status;

-- name: ticket
SELECT *
FROM ticket
WHERE number = $number;
