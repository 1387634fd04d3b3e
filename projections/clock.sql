-- What each clock shows: since when it runs, what it has used, when it is due, how it ended.

-- name: tables
-- One row per clock of a ticket: what one metric measures, once. Each row is what the clock's latest
-- event says; nothing is computed from calendars here. That a due time has passed may not be
-- recorded yet, so whoever asks says when: at an instant t, a running clock with due_at < t is
-- breached. Lengths are whole microseconds of working time in the clock's calendar, but for
-- paused_time. A clock that no policy ever judged has no row.
CREATE TABLE clock (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  metric VARCHAR NOT NULL, -- What it measures: first_response, next_response, periodic_update,
    -- time_to_own, group_ownership, resolution, requester_wait or agent_work.
  instance INTEGER NOT NULL, -- Number among the ticket's clocks of this metric, from 1.
  of_kind VARCHAR NOT NULL, -- Of what it measures the time: ticket, step or stage.
  of_id VARCHAR NOT NULL, -- Id of that: ticket.id of a ticket.
  policy VARCHAR NOT NULL, -- Name of the policy that judges it, or judged it last.
  policy_version INTEGER NOT NULL, -- Published version of service-policy/default that it is in:
    -- configuration.version.
  calendar VARCHAR NOT NULL, -- Name of the calendar in that version.
  within VARCHAR NOT NULL, -- What was promised, as an ISO 8601 duration: PT4H = working time, P2D =
    -- working days.
  applies_from TIMESTAMPTZ NOT NULL, -- Since when this target has judged it (UTC); what it missed
    -- before was noticed then.
  state VARCHAR NOT NULL, -- running, paused, met, breached, ended (stopped unfulfilled before it was
    -- due) or absent (a late fact showed that there was nothing to measure).
  phase VARCHAR NOT NULL, -- What it does: counting, standing (in a pause) or stopped; tells a
    -- breached clock that goes on from one that was stopped.
  started_at TIMESTAMPTZ NOT NULL, -- When it began (UTC).
  due_at TIMESTAMPTZ, -- When it is due, or was (UTC); NULL while it is paused, and where it ended or
    -- is absent.
  stopped_at TIMESTAMPTZ, -- When it stopped (UTC); NULL = it has not.
  used BIGINT NOT NULL, -- Working time counted up to measured_at.
  target BIGINT NOT NULL, -- Working time that was promised.
  margin BIGINT NOT NULL, -- target - used: what was left at measured_at, below zero when late.
  measured_at TIMESTAMPTZ NOT NULL, -- When its latest event happened (UTC); a stopped clock has
    -- counted until stopped_at.
  provisional BOOLEAN NOT NULL, -- True where due_at lies where the list of public holidays is not
    -- settled yet.
  pauses INTEGER NOT NULL, -- Number of its pauses, as they were recorded; what a late fact changed is
    -- in used and due_at, not here.
  paused_time BIGINT NOT NULL, -- Elapsed microseconds in those of them that are over, nights and
    -- holidays included.
  paused_since TIMESTAMPTZ, -- When its present pause began (UTC); NULL = it does not stand still.
  noticed_at TIMESTAMPTZ, -- When it was breached, or when a target began to apply that was missed
    -- already (UTC); NULL = no breach is recorded, or a late fact undid it.
  recorded_at TIMESTAMPTZ, -- When that breach was recorded in the ledger (UTC); NULL together with
    -- noticed_at.
  next_at TIMESTAMPTZ, -- When something is to be recorded of it although nothing else happens: its
    -- breach, one microsecond after due_at, or its next mark (UTC); NULL for never.
  corrections INTEGER NOT NULL, -- How often late facts or other rules gave it another due time,
    -- target or state.
  version INTEGER NOT NULL -- Version of its latest event: ticket_event.version.
);

-- One row per recorded breach, also of those that a late fact undid: what the desk believed stays.
-- due_at, noticed_at and recorded_at are three times and never merged.
CREATE TABLE breach (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  metric VARCHAR NOT NULL, -- clock.metric.
  instance INTEGER NOT NULL, -- clock.instance.
  version INTEGER NOT NULL, -- Version of the event: ticket_event.version.
  policy_version INTEGER NOT NULL, -- Published version of service-policy/default that judged it.
  due_at TIMESTAMPTZ NOT NULL, -- When the clock was due (UTC).
  noticed_at TIMESTAMPTZ NOT NULL, -- The later of due_at and of when the target began to apply
    -- (UTC).
  recorded_at TIMESTAMPTZ NOT NULL, -- When it was recorded in the ledger (UTC).
  undone_version INTEGER, -- Version of the event by which a late fact showed that it never happened;
    -- NULL = it stands.
  undone_at TIMESTAMPTZ -- When that was recorded (UTC); NULL = it stands.
);

-- One row per mark that a clock reached, reminder or escalation; one that a late fact withdrew stays.
CREATE TABLE clock_mark (
  ticket BIGINT NOT NULL, -- Number of the ticket: ticket.number.
  metric VARCHAR NOT NULL, -- clock.metric.
  instance INTEGER NOT NULL, -- clock.instance.
  mark VARCHAR NOT NULL, -- Its name in the policy; each is reached once by a clock.
  level INTEGER, -- Which level of escalation it is, from 1; NULL for a reminder.
  reached_at TIMESTAMPTZ NOT NULL, -- When it was reached (UTC).
  recorded_at TIMESTAMPTZ NOT NULL, -- When that was recorded in the ledger (UTC).
  policy_version INTEGER NOT NULL, -- Published version of service-policy/default that it stood in.
  version INTEGER NOT NULL -- Version of the event: ticket_event.version.
);

-- name: begin
CREATE OR REPLACE TEMP TABLE clock_feed (
  ticket BIGINT,
  metric VARCHAR,
  instance INTEGER,
  version BIGINT,
  event VARCHAR,
  occurred_at TIMESTAMPTZ,
  recorded_at TIMESTAMPTZ,
  of_kind VARCHAR,
  of_id VARCHAR,
  policy VARCHAR,
  policy_version INTEGER,
  calendar VARCHAR,
  within VARCHAR,
  applies_from TIMESTAMPTZ,
  state VARCHAR,
  phase VARCHAR,
  started_at TIMESTAMPTZ,
  due_at TIMESTAMPTZ,
  used BIGINT,
  target BIGINT,
  provisional BOOLEAN,
  noticed_at TIMESTAMPTZ,
  stopped_at TIMESTAMPTZ,
  next_at TIMESTAMPTZ,
  mark VARCHAR,
  level INTEGER
);

-- name: add
INSERT INTO clock_feed
SELECT
  number,
  told[1],
  told[2]::INTEGER,
  version,
  type,
  occurred_at,
  recorded_at,
  told[3],
  told[4],
  told[5],
  told[6]::INTEGER,
  told[7],
  told[8],
  told[9]::TIMESTAMPTZ,
  told[10],
  told[11],
  told[12]::TIMESTAMPTZ,
  told[13]::TIMESTAMPTZ,
  told[14]::BIGINT,
  told[15]::BIGINT,
  told[16]::BOOLEAN,
  told[17]::TIMESTAMPTZ,
  told[18]::TIMESTAMPTZ,
  told[19]::TIMESTAMPTZ,
  told[20],
  told[21]::INTEGER
FROM (
  SELECT
    number,
    version,
    type,
    occurred_at,
    recorded_at,
    json_extract_string(detail, [
      '$.metric', '$.instance', '$.of.kind', '$.of.id', '$.name', '$.policy.version',
      '$.calendar', '$.within', '$.applies_from', '$.state', '$.phase', '$.started_at', '$.due',
      '$.used', '$.target', '$.provisional', '$.noticed_at', '$.stopped_at', '$.next_at', '$.mark',
      '$.level'
    ]) AS told
  FROM batch
  WHERE type IN (
    'ClockStarted', 'ClockPaused', 'ClockResumed', 'ClockFulfilled', 'ClockBreached', 'ClockEnded',
    'ClockRescheduled', 'MarkReached'
  )
);

-- name: apply_marks
INSERT INTO clock_mark
SELECT
  ticket,
  metric,
  instance,
  mark,
  level,
  occurred_at,
  recorded_at,
  policy_version,
  version
FROM clock_feed
WHERE event = 'MarkReached';

-- name: apply
CREATE OR REPLACE TEMP TABLE clock_replaced AS
SELECT
  rowid AS row_id,
  *
FROM clock
WHERE (ticket, metric, instance) IN (SELECT (ticket, metric, instance) FROM clock_feed);

CREATE OR REPLACE TEMP TABLE clock_next AS
WITH
-- What was known before is the clock's first event here; it counts for nothing anew.
told AS (
  SELECT
    * EXCLUDE (mark, level),
    (event = 'ClockRescheduled')::INTEGER AS corrections
  FROM clock_feed
  UNION ALL BY NAME
  SELECT
    * EXCLUDE (row_id, margin, measured_at),
    measured_at AS occurred_at
  FROM clock_replaced
),
stepped AS (
  SELECT
    *,
    lag(phase, 1, '') OVER events AS phase_before,
    CASE
      WHEN event IS NULL THEN paused_since
      WHEN phase = 'standing' AND phase_before <> 'standing' THEN occurred_at
    END AS stands_from,
    CASE
      WHEN event IS NULL OR event = 'ClockBreached' THEN recorded_at
      WHEN noticed_at IS NOT NULL AND lag(noticed_at) OVER events IS NULL THEN recorded_at
    END AS breach_recorded_at
  FROM told
  WINDOW events AS (PARTITION BY ticket, metric, instance ORDER BY version)
),
held AS (
  SELECT
    * REPLACE (
      last_value(policy IGNORE NULLS) OVER events AS policy,
      last_value(calendar IGNORE NULLS) OVER events AS calendar,
      last_value(within IGNORE NULLS) OVER events AS within,
      last_value(applies_from IGNORE NULLS) OVER events AS applies_from,
      last_value(stands_from IGNORE NULLS) OVER events AS paused_since,
      last_value(breach_recorded_at IGNORE NULLS) OVER events AS recorded_at
    )
  FROM stepped
  WINDOW events AS (PARTITION BY ticket, metric, instance ORDER BY version)
),
counted AS (
  SELECT
    * REPLACE (
      coalesce(pauses, (phase = 'standing' AND phase_before <> 'standing')::INTEGER) AS pauses,
      coalesce(
        paused_time,
        CASE WHEN phase <> 'standing' AND phase_before = 'standing' THEN
          greatest(epoch_us(occurred_at) - epoch_us(paused_since), 0)
        END
      ) AS paused_time
    )
  FROM held
)
SELECT
  ticket,
  metric,
  instance,
  of_kind,
  of_id,
  policy,
  policy_version,
  calendar,
  within,
  applies_from,
  state,
  phase,
  started_at,
  due_at,
  stopped_at,
  used,
  target,
  target - used AS margin,
  occurred_at AS measured_at,
  provisional,
  (sum(pauses) OVER clocks)::INTEGER AS pauses,
  coalesce(sum(paused_time) OVER clocks, 0)::BIGINT AS paused_time,
  CASE WHEN phase = 'standing' THEN paused_since END AS paused_since,
  noticed_at,
  CASE WHEN noticed_at IS NOT NULL THEN recorded_at END AS recorded_at,
  next_at,
  (sum(corrections) OVER clocks)::INTEGER AS corrections,
  version
FROM counted
WINDOW clocks AS (PARTITION BY ticket, metric, instance)
QUALIFY version = max(version) OVER clocks;

DELETE FROM clock
WHERE rowid IN (SELECT row_id FROM clock_replaced);

INSERT INTO clock
SELECT *
FROM clock_next;

-- name: apply_breaches
INSERT INTO breach
SELECT
  ticket,
  metric,
  instance,
  version,
  policy_version,
  due_at,
  noticed_at,
  recorded_at,
  NULL,
  NULL
FROM clock_feed
WHERE event = 'ClockBreached';

UPDATE breach
SET
  undone_version = undoing.version,
  undone_at = undoing.recorded_at
FROM (
  SELECT
    breach.ticket,
    breach.version AS breach_version,
    min(clock_feed.version) AS version,
    arg_min(clock_feed.recorded_at, clock_feed.version) AS recorded_at
  FROM breach
  JOIN clock_feed
    ON clock_feed.ticket = breach.ticket
    AND clock_feed.metric = breach.metric
    AND clock_feed.instance = breach.instance
    AND clock_feed.version > breach.version
  WHERE clock_feed.event = 'ClockRescheduled'
    AND clock_feed.state <> 'breached'
    AND breach.undone_version IS NULL
  GROUP BY ALL
) AS undoing
WHERE undoing.ticket = breach.ticket
  AND undoing.breach_version = breach.version;
