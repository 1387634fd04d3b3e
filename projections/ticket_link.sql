-- How tickets are tied to each other.

-- name: tables
-- One row per present link of a ticket to another one. Each of the two has its own side, which the
-- process linker keeps in line with the other's within moments; what a ticket is about knows
-- nothing of it. Whose part a merged ticket has become stands in ticket.merged_into.
CREATE TABLE ticket_link (
  number BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  relation VARCHAR NOT NULL, -- What the other ticket is to this one: follow_up_of, followed_by,
    -- split_from, split_into, absorbed (was merged into this one), parent, child, problem,
    -- incident, about or related.
  ticket_id VARCHAR NOT NULL, -- ticket.id of the other ticket.
  blocking BOOLEAN NOT NULL, -- Of a child: true while this ticket cannot be solved before it. Of a
    -- parent: whether that one was to wait for this ticket.
  unanswered_since TIMESTAMPTZ, -- Of an absorbed ticket: since when its customer had waited for an
    -- answer (UTC); NULL where nobody waited, and for other relations.
  version INTEGER NOT NULL, -- Version of the event that said so last: ticket_event.version.
  linked_at TIMESTAMPTZ NOT NULL -- When that event happened (UTC).
);

-- name: apply
CREATE OR REPLACE TEMP TABLE link_change AS
SELECT
  ticket,
  step,
  added.value ->> '$.relation' AS relation,
  added.value ->> '$.ticket' AS ticket_id,
  (added.value ->> '$.blocking')::BOOLEAN AS blocking,
  (added.value ->> '$.unanswered_since')::TIMESTAMPTZ AS unanswered_since,
  version,
  occurred_at AS linked_at
FROM ticket_feed, json_each(detail, '$.added') AS added
WHERE ticket_feed.type = 'LinksChanged'
UNION ALL
SELECT
  ticket,
  step,
  'child',
  unblocked.value ->> '$',
  false,
  NULL,
  version,
  occurred_at
FROM ticket_feed, json_each(detail, '$.unblocked') AS unblocked
WHERE ticket_feed.type = 'LinksChanged'
UNION ALL
SELECT
  ticket,
  step,
  removed.value ->> '$.relation',
  removed.value ->> '$.ticket',
  NULL,
  NULL,
  NULL,
  NULL
FROM ticket_feed, json_each(detail, '$.removed') AS removed
WHERE ticket_feed.type = 'LinksChanged';

INSERT INTO link_change
SELECT
  number,
  0,
  * EXCLUDE (number)
FROM ticket_link
WHERE number IN (SELECT ticket FROM link_change)
  AND number NOT IN (SELECT ticket FROM late_event);

DELETE FROM ticket_link
WHERE number IN (SELECT ticket FROM link_change);

INSERT INTO ticket_link
SELECT
  ticket,
  relation,
  ticket_id,
  blocking,
  unanswered_since,
  version,
  linked_at
FROM link_change
QUALIFY version IS NOT NULL
  AND step = max(step) OVER (PARTITION BY ticket, relation, ticket_id);
