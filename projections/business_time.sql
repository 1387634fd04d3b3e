-- Times as the desk's own calendar counts them.

-- name: tables
-- The stretches of constant offset from UTC of the zones of the desk and of its calendars, in order
-- and without gaps, from a little before the first opening to a little after the latest event. None
-- where the desk has never named a calendar.
CREATE VIEW zone_stretch (
  zone, -- IANA name, such as Asia/Shanghai.
  began_us, -- When it began, in microseconds since 1970 (UTC).
  ended_us, -- When the next one began, or the last one is no longer followed, likewise.
  ahead_us -- Microseconds that the local clock is ahead of UTC.
) AS
WITH
named AS (
  SELECT DISTINCT document ->> '$.calendar' AS calendar
  FROM configuration
  WHERE kind = 'desk'
    AND (document ->> '$.calendar') IS NOT NULL
),
used AS (
  SELECT zone
  FROM desk_zone
  WHERE EXISTS (FROM named)
  UNION
  SELECT 'UTC'
  FROM named
  WHERE calendar = 'always'
  UNION
  SELECT calendar.value ->> '$.zone'
  FROM configuration, json_each(configuration.document, '$.calendars') AS calendar
  WHERE configuration.kind = 'service-policy'
    AND calendar.key IN (FROM named)
),
-- No zone has ever changed its offset twice within a day, nor at another instant than a full minute
-- since there were offsets of full minutes only.
probe AS (
  SELECT
    zone,
    probed_at,
    epoch_us(timezone(zone, probed_at)) - epoch_us(probed_at) AS ahead_us,
    lag(ahead_us) OVER (PARTITION BY zone ORDER BY probed_at) AS before_us
  FROM (
    SELECT
      zone,
      unnest(generate_series(first_at, last_at, INTERVAL 1 DAY)) AS probed_at
    FROM used, (
      SELECT
        date_trunc('day', min(opened_at)) - INTERVAL 3 DAYS AS first_at,
        max(latest_at) + INTERVAL 4 DAYS AS last_at
      FROM ticket
    )
  )
),
change AS (
  SELECT
    zone,
    ahead_us,
    epoch_us(min(probed_at)) AS began_us
  FROM probe
  WHERE before_us IS NULL
  GROUP BY ALL
  UNION ALL
  SELECT
    zone,
    ahead_us,
    epoch_us(min(minute)) AS began_us
  FROM (
    SELECT
      zone,
      probed_at,
      ahead_us,
      unnest(generate_series(probed_at - INTERVAL 1 DAY, probed_at, INTERVAL 1 MINUTE)) AS minute
    FROM probe
    WHERE before_us <> ahead_us
  )
  WHERE epoch_us(timezone(zone, minute)) - epoch_us(minute) = ahead_us
  GROUP BY
    zone,
    probed_at,
    ahead_us
)
SELECT
  zone,
  began_us,
  coalesce(
    lead(began_us) OVER (PARTITION BY zone ORDER BY began_us),
    (SELECT epoch_us(max(probed_at)) FROM probe)
  ),
  ahead_us
FROM change;

-- One row per local day of the desk, from the first opening to the latest event, that a calendar
-- counts: the one that was in force when the day began, or the next one to come where there was none,
-- or where a later one knows public holidays of the day that it did not know yet.
CREATE VIEW business_day (
  day, -- Local date in the desk's zone.
  began_us, -- When the day began, in microseconds since 1970 (UTC).
  ended_us, -- When the next one began, likewise.
  calendar, -- Name of the calendar; always = every second counts.
  policy_version, -- Version of the service levels that has it; NULL for always.
  is_known -- Whether the public holidays of the day are settled in it.
) AS
WITH
version AS (
  SELECT *
  FROM configuration
  WHERE kind = 'desk'
    OR (kind = 'service-policy' AND id = 'default')
),
-- What was in force from each change on, up to the next one.
piece AS (
  SELECT
    change.since_at,
    lead(change.since_at) OVER (ORDER BY change.since_at) AS until_at,
    max(version.version) FILTER (version.kind = 'desk') AS desk_version,
    max(version.version) FILTER (version.kind = 'service-policy') AS policy_version
  FROM (
    SELECT published_at AS since_at
    FROM version
    UNION
    SELECT withdrawn_at
    FROM version
    WHERE withdrawn_at IS NOT NULL
  ) AS change
  JOIN version
    ON version.published_at <= change.since_at
    AND (version.withdrawn_at IS NULL OR version.withdrawn_at > change.since_at)
  GROUP BY change.since_at
),
named AS (
  SELECT
    piece.since_at,
    piece.until_at,
    desk.document ->> '$.calendar' AS calendar,
    CASE WHEN calendar <> 'always' THEN piece.policy_version END AS policy_version,
    (policy.document -> '$.calendars' -> calendar) ->> '$.public_holidays' AS country,
    (policy.document -> '$.public_days' -> country ->> '$.known_until')::DATE AS known_until
  FROM piece
  JOIN version AS desk
    ON desk.kind = 'desk'
    AND desk.version = piece.desk_version
  LEFT JOIN version AS policy
    ON policy.kind = 'service-policy'
    AND policy.version = piece.policy_version
  WHERE calendar = 'always'
    OR json_exists(policy.document, '$.calendars."' || calendar || '"')
),
local_day AS (
  SELECT
    zone,
    unnest(
      generate_series(
        timezone(zone, min(opened_at))::DATE,
        timezone(zone, max(latest_at))::DATE,
        INTERVAL 1 DAY
      )
    )::DATE AS day
  FROM ticket, desk_zone
  WHERE EXISTS (FROM named)
  GROUP BY zone
),
-- Midnight, or where the clock skips it the instant at which it does.
begun AS (
  SELECT
    local_day.day,
    min(greatest(stretch.began_us, epoch_us(local_day.day) - stretch.ahead_us)) AS began_us,
    min(
      greatest(stretch.began_us, epoch_us(local_day.day + INTERVAL 1 DAY) - stretch.ahead_us)
    ) FILTER (epoch_us(local_day.day + INTERVAL 1 DAY) - stretch.ahead_us < stretch.ended_us)
      AS ended_us
  FROM local_day
  JOIN zone_stretch AS stretch
    ON stretch.zone = local_day.zone
    AND epoch_us(local_day.day) - stretch.ahead_us < stretch.ended_us
  GROUP BY local_day.day
),
counted AS (
  SELECT
    begun.*,
    arg_min(
      named, {'is_late': coalesce(named.known_until < begun.day, false), 'at': named.since_at}
    ) AS held
  FROM begun
  JOIN named
    ON named.until_at IS NULL
    OR epoch_us(named.until_at) > begun.began_us
  GROUP BY ALL
)
SELECT
  day,
  began_us,
  ended_us,
  held.calendar,
  held.policy_version,
  coalesce(day <= held.known_until, true)
FROM counted;

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
-- The calendars in use, by the dates that have hours of their own, and by weekday.
used AS (
  SELECT DISTINCT
    counted.policy_version,
    counted.calendar,
    configuration.document -> '$.calendars' -> counted.calendar AS written,
    written ->> '$.public_holidays' AS country,
    configuration.document -> '$.public_days' -> country AS public_days
  FROM counted
  JOIN configuration
    ON configuration.kind = 'service-policy'
    AND configuration.id = 'default'
    AND configuration.version = counted.policy_version
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
