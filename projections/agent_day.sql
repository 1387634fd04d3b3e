-- What each agent did on each of the desk's days.

-- name: tables
-- Every value that is somebody's: one row per contact, take, assignment, settle and so on, with the
-- agent to whose account it goes. Count requests: WHERE kind = 'request'.
CREATE VIEW agent_value (
  figure, -- Name of the figure. Counts, amount 1: replies, notes, calls, takes, assignments,
    -- credited_settles, credited_reopenings. Times in microseconds: handling_share (what the agent
    -- has of the handling time of a settle), talk_time (of an answered call).
  occurred_at, -- When it happened (UTC); of a handling_share the settle.
  ticket, -- Number of the ticket: ticket.number.
  agent_id, -- agent.id of whose account it goes to: the author of a reply or note, who spoke or
    -- tried to on a call, who took a ticket or was given it, who has the credit of a settle, who had
    -- the credit of the settle that a reopening undoes.
  amount, -- The value: 1, or microseconds.
  kind -- request, feedback or task; figures count requests.
) AS
SELECT
  told.figure,
  contact.occurred_at,
  contact.ticket,
  contact.agent_id,
  told.amount,
  ticket.kind
FROM (
  SELECT
    ticket,
    occurred_at,
    CASE WHEN type = 'CallLogged' THEN agent_id ELSE author_id END AS agent_id,
    unnest(
      CASE type
        WHEN 'ReplySent' THEN [{'figure': 'replies', 'amount': 1::BIGINT}]
        WHEN 'NoteAdded' THEN [{'figure': 'notes', 'amount': 1}]
        ELSE [
          {'figure': 'calls', 'amount': 1},
          {
            'figure': 'talk_time',
            'amount': CASE WHEN answered THEN epoch_us(ended_at) - epoch_us(started_at) END
          }
        ]
      END
    ) AS told
  FROM interaction
  WHERE CASE
    WHEN type = 'CallLogged' THEN agent_id IS NOT NULL
    ELSE type IN ('ReplySent', 'NoteAdded') AND author_kind = 'agent'
  END
) AS contact
JOIN ticket
  ON ticket.number = contact.ticket
WHERE told.amount IS NOT NULL
UNION ALL
SELECT
  CASE WHEN reason IS NOT DISTINCT FROM 'taken' THEN 'takes' ELSE 'assignments' END,
  occurred_at,
  ticket,
  agent_id,
  1,
  kind
FROM assignment
WHERE agent_id IS NOT NULL
  AND agent_id IS DISTINCT FROM agent_before
UNION ALL
SELECT
  'credited_settles',
  settled_at,
  ticket,
  solver_id,
  1,
  kind
FROM episode
WHERE solver_id IS NOT NULL
UNION ALL
SELECT
  'credited_reopenings',
  reopened_at,
  ticket,
  solver_id,
  1,
  kind
FROM episode
WHERE solver_id IS NOT NULL
  AND reopened_at IS NOT NULL
UNION ALL
SELECT
  'handling_share',
  episode.settled_at,
  episode.ticket,
  span.agent_id,
  sum(epoch_us(span.ended_at) - epoch_us(span.began_at))::BIGINT,
  episode.kind
FROM episode
JOIN standing_span_ended AS span
  ON span.ticket = episode.ticket
  AND span.episode = episode.episode
WHERE NOT episode.discarded
  AND span.status = 'open'
  AND span.agent_id IS NOT NULL
GROUP BY
  episode.ticket,
  episode.episode,
  episode.settled_at,
  episode.kind,
  span.agent_id;

-- One row per local day of the desk, agent and kind of ticket, where anything was counted.
CREATE VIEW agent_day (
  day, -- Local date in the desk's zone.
  agent_id, -- agent.id.
  kind, -- request, feedback or task; figures count requests.
  replies, -- Number of replies written.
  notes, -- Number of notes written.
  calls, -- Number of calls, answered or tried.
  talk_time, -- Microseconds of answered calls; NULL without one.
  takes, -- Number of tickets taken.
  assignments, -- Number of tickets given by others, at their opening or later.
  settled, -- Number of settles to the agent's credit.
  reopened, -- Number of reopenings that undo a settle to the agent's credit.
  handling_time, -- Microseconds of handling that fell to the agent, of tickets settled that day; NULL
    -- without any.
  backlog -- Number of tickets unsettled at the day's end for which the agent was responsible.
) AS
SELECT
  day,
  agent_id,
  kind,
  count(*) FILTER (figure = 'replies'),
  count(*) FILTER (figure = 'notes'),
  count(*) FILTER (figure = 'calls'),
  sum(amount) FILTER (figure = 'talk_time'),
  count(*) FILTER (figure = 'takes'),
  count(*) FILTER (figure = 'assignments'),
  count(*) FILTER (figure = 'credited_settles'),
  count(*) FILTER (figure = 'credited_reopenings'),
  sum(amount) FILTER (figure = 'handling_share'),
  coalesce(sum(amount) FILTER (figure = 'backlog'), 0)
FROM (
  SELECT
    figure,
    timezone(desk_zone.zone, occurred_at)::DATE AS day,
    agent_id,
    kind,
    amount
  FROM agent_value, desk_zone
  UNION ALL
  SELECT
    'backlog',
    day,
    agent_id,
    kind,
    backlog
  FROM desk_day
  WHERE agent_id IS NOT NULL
    AND backlog > 0
)
GROUP BY ALL;
