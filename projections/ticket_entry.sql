-- Every ticket as views look at it: where it stands and what orders it, settled or not.

-- name: tables
-- One row per ticket, settled ones included, as saved views see it; queue_entry has those of it that
-- are unsettled.
CREATE VIEW ticket_entry (
  number, -- Number of the ticket: ticket.number.
  queue, -- Whose queue: agent, group or intake; exactly one party at a time.
  group_id, -- agent_group.id of the ticket's group; NULL for none.
  agent_id, -- agent.id of the responsible agent; NULL where queue is not agent.
  customer_id, -- customer.id of the requester; NULL for none.
  kind, -- request, feedback or task.
  direction, -- Who began it: in = a customer; out, internal = the desk.
  status, -- new, open, pending, on_hold, solved or closed.
  status_since, -- When the latest event about the status happened (UTC).
  status_reason, -- Reason of the latest event about the status; NULL where it has none.
  workable, -- True for new and open: somebody can work on it now.
  waits_until, -- When a waiting ticket comes back by itself (UTC); NULL for never, and where it does
    -- not wait.
  band, -- 0 = priority urgent, or a tier that the desk marks front; 1 = all others.
  next_due_at, -- When the ticket is due next (UTC): the earlier of by when somebody said that it is
    -- to be done and of the due times of its clocks that have not stopped. What is late stays the
    -- earliest, whether or not its breach is recorded. NULL = nothing is due.
  waiting_since, -- Oldest unanswered customer contact; else, where no agent ever answered, the
    -- opening; else the latest activation or reopening (UTC).
  unanswered_since, -- Oldest customer contact after the last counted agent contact and the last
    -- settle (UTC); NULL = the customer waits for no answer.
  opened_at, -- When the ticket was opened (UTC).
  latest_at, -- Latest time at which something happened to it (UTC).
  first_assigned_at, -- When an agent was first responsible (UTC); NULL = never yet.
  first_answered_at, -- When the first counted agent contact happened (UTC); NULL = none yet.
  settled_at, -- When it last went to solved or closed (UTC); NULL = it is not settled.
  closed_at, -- When it was closed (UTC); NULL = it is not closed.
  channel, -- Channel through which it was opened.
  inbox, -- Address, number or form of the desk at which it arrived; NULL for none.
  language, -- Language of the ticket (BCP 47); NULL where not known.
  type, -- Type of the request; NULL for none.
  category, -- Category, from the widest term to the narrowest; empty for none.
  stage, -- Stage of the customer journey; NULL for none.
  tier, -- Tier of service; NULL for none.
  priority, -- Priority; NULL for none.
  impact, -- Impact; NULL for none.
  urgency, -- Urgency; NULL for none.
  tags, -- Tags in alphabetical order; empty for none.
  escalation_level, -- The highest level to which it, or one of its clocks, was escalated; 0 = never.
  reopenings, -- Number of reopenings.
  customer_contacts, -- Number of contacts by which a customer asked.
  agent_contacts, -- Number of counted agent contacts.
  resolution, -- How it was solved; NULL = it is not settled, or was closed without being solved.
  solver_id, -- agent.id of who has the credit of the settle; NULL = nobody, it was discarded, or is
    -- not settled.
  fields -- Custom fields that are set: name to value.
) AS
SELECT
  number,
  CASE
    WHEN agent_id IS NOT NULL THEN 'agent'
    WHEN group_id IS NOT NULL THEN 'group'
    ELSE 'intake'
  END,
  group_id,
  agent_id,
  customer_id,
  kind,
  direction,
  status,
  status_since,
  status_reason,
  status IN ('new', 'open'),
  waits_until,
  CASE
    WHEN priority = 'urgent' THEN 0
    WHEN tier IN (SELECT code FROM front_tier) THEN 0
    ELSE 1
  END,
  least(due_at, clock_due_at),
  coalesce(
    unanswered_since,
    CASE WHEN agent_contacts > 0 THEN activated_at END,
    opened_at
  ),
  unanswered_since,
  opened_at,
  latest_at,
  first_assigned_at,
  first_answered_at,
  settled_at,
  closed_at,
  channel,
  inbox,
  language,
  type,
  category,
  stage,
  tier,
  priority,
  impact,
  urgency,
  tags,
  escalation_level,
  reopenings,
  customer_contacts,
  agent_contacts,
  resolution,
  solver_id,
  fields
FROM ticket;
