-- What the desk's own calendar counts.

-- name: tables
-- One row per stretch of the desk's business time, by the calendar of each day, from the first
-- opening to the latest event. The business time between two instants is the difference of what has
-- passed until each: worked_before + least(at, ended_us) - began_us of the latest stretch that began
-- before it.
CREATE VIEW business_span (
  began_us, -- When it began, in microseconds since 1970 (UTC).
  ended_us, -- When it ended, likewise.
  worked_before -- Microseconds of business time before it.
) AS
WITH
counted AS MATERIALIZED (
  FROM business_day
),
-- The calendars in use, by the dates that have hours of their own, and by weekday. Documents are
-- large, so each is read once, not once a day.
used AS (
  SELECT
    held.policy_version,
    held.calendar,
    configuration.document -> '$.calendars' -> held.calendar AS written,
    written ->> '$.public_holidays' AS country,
    configuration.document -> '$.public_days' -> country AS public_days
  FROM (
    SELECT DISTINCT
      policy_version,
      calendar
    FROM counted
  ) AS held
  JOIN configuration
    ON configuration.kind = 'service-policy'
    AND configuration.id = 'default'
    AND configuration.version = held.policy_version
),
weekly AS (
  SELECT
    policy_version,
    calendar,
    written ->> '$.zone' AS zone,
    unnest([1, 2, 3, 4, 5, 6, 7]) AS weekday,
    coalesce(
      from_json(
        written -> '$.weekly'
          -> unnest(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
        '["VARCHAR"]'
      ),
      []
    ) AS hours
  FROM used
  UNION ALL
  SELECT
    NULL,
    'always',
    'UTC',
    unnest([1, 2, 3, 4, 5, 6, 7]),
    ['00:00-24:00']
),
special AS (
  SELECT
    policy_version,
    calendar,
    day,
    arg_min(hours, precedence) AS hours
  FROM (
    SELECT
      used.policy_version,
      used.calendar,
      date.key::DATE AS day,
      from_json(date.value, '["VARCHAR"]') AS hours,
      1 AS precedence
    FROM used, json_each(used.written, '$.workdays') AS date
    UNION ALL
    SELECT
      policy_version,
      calendar,
      unnest(from_json(written -> '$.holidays', '["DATE"]')),
      []::VARCHAR[],
      2
    FROM used
    UNION ALL
    SELECT
      used.policy_version,
      used.calendar,
      unnest(from_json(used.public_days -> '$.make_up', '["DATE"]')),
      weekly.hours,
      3
    FROM used
    JOIN weekly
      ON weekly.policy_version = used.policy_version
      AND weekly.calendar = used.calendar
      AND weekly.weekday = 1
    UNION ALL
    SELECT
      policy_version,
      calendar,
      unnest(from_json(public_days -> '$.holidays', '["DATE"]')),
      []::VARCHAR[],
      4
    FROM used
  )
  GROUP BY ALL
),
-- Local dates of the calendar that a day of the desk meets: its zone may be another.
met AS (
  SELECT
    counted.began_us,
    counted.ended_us,
    counted.policy_version,
    counted.calendar,
    weekly.zone,
    unnest(
      generate_series(
        timezone(weekly.zone, make_timestamptz(counted.began_us))::DATE,
        timezone(weekly.zone, make_timestamptz(counted.ended_us - 1))::DATE,
        INTERVAL 1 DAY
      )
    )::DATE AS day
  FROM counted
  JOIN weekly
    ON weekly.policy_version IS NOT DISTINCT FROM counted.policy_version
    AND weekly.calendar = counted.calendar
    AND weekly.weekday = 1
),
local_hours AS (
  SELECT
    met.*,
    unnest(coalesce(special.hours, weekly.hours)) AS hours
  FROM met
  JOIN weekly
    ON weekly.policy_version IS NOT DISTINCT FROM met.policy_version
    AND weekly.calendar = met.calendar
    AND weekly.weekday = isodow(met.day)
  LEFT JOIN special
    ON special.policy_version = met.policy_version
    AND special.calendar = met.calendar
    AND special.day = met.day
),
span AS (
  SELECT
    greatest(
      epoch_us(local_hours.day) + 3600000000 * hours[1:2]::BIGINT
        + 60000000 * hours[4:5]::BIGINT - stretch.ahead_us,
      stretch.began_us,
      local_hours.began_us
    ) AS started_us,
    least(
      epoch_us(local_hours.day) + 3600000000 * hours[7:8]::BIGINT
        + 60000000 * hours[10:11]::BIGINT - stretch.ahead_us,
      stretch.ended_us,
      local_hours.ended_us
    ) AS stopped_us
  FROM local_hours
  JOIN zone_stretch AS stretch
    ON stretch.zone = local_hours.zone
  WHERE started_us < stopped_us
)
SELECT
  started_us,
  stopped_us,
  coalesce(
    sum(stopped_us - started_us) OVER (
      ORDER BY started_us
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ),
    0
  )::BIGINT
FROM span;

-- The same line by slots of four hours of UTC, for a great many instants: one finds its place by a hash
-- join, without being sorted among all others. Each row is a stretch of business time with what
-- follows until the next one begins, as often as it reaches into another slot; from the first stretch
-- to the latest event.
CREATE VIEW business_slot (
  slot, -- Which four hours: microseconds since 1970 (UTC) // 14400000000.
  began_us, -- When the stretch began: business_span.began_us.
  ended_us, -- When it ended.
  worked_before, -- Microseconds of business time before it.
  next_us -- When the next one began, in microseconds since 1970 (UTC); of the last one, just after the
    -- latest event.
) AS
SELECT
  unnest(range(began_us // 14400000000, (next_us - 1) // 14400000000 + 1)),
  *
FROM (
  SELECT
    *,
    lead(began_us, 1, (SELECT epoch_us(max(latest_at)) + 1 FROM ticket)) OVER (ORDER BY began_us)
      AS next_us
  FROM business_span
);
