-- Which calendar counts which of the desk's days.

-- name: tables
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
