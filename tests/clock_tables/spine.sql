-- The working time of one calendar as a table, from its document alone and by the definition: an
-- instant is working time if the local clock time lies in the hours of its local date. Every quarter
-- of an hour is asked for itself; hours of documents and changes of clocks fall on quarters.
-- Needs the table `calendar` with one row: document, public_days (both JSON), from_at, until_at.

CREATE OR REPLACE TEMP TABLE spine AS
WITH
quarter AS (
  SELECT
    moment,
    timezone(document ->> '$.zone', moment) AS local_at
  FROM calendar, generate_series(from_at, until_at, INTERVAL 15 MINUTES) AS every(moment)
),
day AS (
  SELECT DISTINCT
    local_at::DATE AS date
  FROM quarter
),
ruled AS (
  SELECT
    date,
    CASE
      WHEN json_contains(json_keys(document, '$.workdays'), to_json(date::VARCHAR))
        THEN json_extract(document, '$.workdays."' || date::VARCHAR || '"')
      WHEN json_contains(document -> '$.holidays', to_json(date::VARCHAR)) THEN '[]'
      WHEN json_contains(public_days -> '$.make_up', to_json(date::VARCHAR))
        THEN document -> '$.weekly.mon'
      WHEN json_contains(public_days -> '$.holidays', to_json(date::VARCHAR)) THEN '[]'
      ELSE json_extract(document, '$.weekly.' || lower(strftime(date, '%a')))
    END AS hours
  FROM day, calendar
),
stretch AS (
  SELECT
    date,
    CAST(split_part(part, '-', 1)[:2] AS INTEGER) * 60 + CAST(split_part(part, '-', 1)[4:] AS INTEGER)
      AS begins,
    CAST(split_part(part, '-', 2)[:2] AS INTEGER) * 60 + CAST(split_part(part, '-', 2)[4:] AS INTEGER)
      AS ends
  FROM (
    SELECT
      date,
      unnest(from_json(hours, '["VARCHAR"]')) AS part
    FROM ruled
  )
),
working AS (
  SELECT
    moment,
    moment - row_number() OVER (ORDER BY moment) * INTERVAL 15 MINUTES AS island
  FROM quarter
  JOIN stretch
    ON stretch.date = local_at::DATE
    AND hour(local_at) * 60 + minute(local_at) >= begins
    AND hour(local_at) * 60 + minute(local_at) < ends
)
SELECT
  epoch_us(min(moment)) AS began,
  epoch_us(max(moment) + INTERVAL 15 MINUTES) AS ended,
  (sum(ended - began) OVER (ORDER BY began) - (ended - began))::BIGINT AS before
FROM working
GROUP BY island;
