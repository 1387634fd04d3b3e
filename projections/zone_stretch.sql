-- How far local clocks are ahead of UTC.

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
