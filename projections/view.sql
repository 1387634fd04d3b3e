-- What saved views ask: parts from which a view's question is put together. A name in braces stands
-- for an expression over ticket_entry that this software knows, or for one of these parts; values
-- are parameters, always.

-- name: keys
SELECT
  {keys}
FROM ticket_entry
WHERE {condition}
ORDER BY
  {order}
LIMIT $size;

-- name: rows
SELECT
  {columns}
FROM ticket_entry
WHERE number IN (SELECT unnest($numbers::BIGINT[]));

-- name: subjects
SELECT
  number,
  subject
FROM ticket_personal
WHERE number IN (SELECT unnest($numbers::BIGINT[]))
  AND subject IS NOT NULL;

-- name: count
SELECT
  count(*)
FROM ticket_entry
WHERE {condition};

-- name: groups
SELECT
  {keys},
  count(*)
FROM ticket_entry
WHERE {condition}
GROUP BY ALL
ORDER BY
  {order};

-- name: unsettled
status NOT IN ('solved', 'closed')

-- name: is
coalesce(list_contains(${value}::{type}[], {field}), false)

-- name: is_mine
coalesce(
  group_id IN (
    SELECT group_id FROM group_member WHERE agent_id = $reader AND ended_at IS NULL
  ),
  false
)

-- name: is_intake
(group_id IS NULL AND agent_id IS NULL)

-- name: is_custom
coalesce(
  list_contains(
    ${value}::VARCHAR[],
    CASE json_type(fields, ${path})
      WHEN 'VARCHAR' THEN 's'
      WHEN 'BOOLEAN' THEN 'b'
      WHEN 'BIGINT' THEN 'i'
      WHEN 'UBIGINT' THEN 'i'
    END || (fields ->> ${path})
  ),
  false
)

-- name: has
coalesce(list_has_any({field}, ${value}::VARCHAR[]), false)

-- name: has_one
coalesce(list_contains({field}, ${value}::VARCHAR), false)

-- name: has_participant
number IN (SELECT number FROM ticket_participant WHERE list_contains(${value}::VARCHAR[], id))

-- name: has_custom
coalesce(
  list_has_any(
    from_json(
      CASE WHEN json_type(fields, ${path}) = 'ARRAY' THEN json_extract(fields, ${path}) END,
      '["VARCHAR"]'
    ),
    ${value}::VARCHAR[]
  ),
  false
)

-- name: before
coalesce({field} < ${value}::TIMESTAMPTZ, false)

-- name: after
coalesce({field} >= ${value}::TIMESTAMPTZ, false)

-- name: before_custom
coalesce({date} < ${value}::VARCHAR, false)

-- name: after_custom
coalesce({date} >= ${value}::VARCHAR, false)

-- name: date_custom
CASE
  WHEN json_type(fields, ${path}) = 'VARCHAR'
    AND regexp_full_match(fields ->> ${path}, '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
    THEN fields ->> ${path}
END

-- name: empty
{field} IS NULL

-- name: empty_list
len({field}) = 0

-- name: empty_participants
number NOT IN (SELECT number FROM ticket_participant)

-- name: empty_custom
json_extract(fields, ${path}) IS NULL

-- name: key_custom_number
CASE WHEN json_type(fields, ${path}) IN ('BIGINT', 'UBIGINT') THEN (fields ->> ${path})::BIGINT END

-- name: key_custom_text
CASE WHEN json_type(fields, ${path}) NOT IN ('BIGINT', 'UBIGINT') THEN fields ->> ${path} END

-- name: behind
({before} AND ({key} {beyond} ${value}::{type} OR {key} IS NULL))

-- name: at
{key} IS NOT DISTINCT FROM ${value}::{type}

-- name: reader_own
coalesce(agent_id = $reader, false)

-- name: reader_group
(
  coalesce(agent_id = $reader, false)
  OR group_id IN (
    SELECT group_id FROM group_member WHERE agent_id = $reader AND ended_at IS NULL
  )
  OR (group_id IS NULL AND agent_id IS NULL)
)

-- name: reader_all
(
  coalesce(agent_id = $reader, false)
  OR group_id IS NULL
  OR group_id NOT IN (
    SELECT id FROM agent_group WHERE restricted
    EXCEPT
    SELECT group_id FROM group_member WHERE agent_id = $reader AND ended_at IS NULL
  )
)
