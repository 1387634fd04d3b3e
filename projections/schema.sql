-- What the database itself says of its tables and columns.

-- name: tables
SELECT
  table_name,
  comment,
  false AS is_view
FROM duckdb_tables()
WHERE NOT temporary
UNION ALL
SELECT
  view_name,
  comment,
  true
FROM duckdb_views()
WHERE NOT internal
  AND NOT temporary;

-- name: columns
SELECT
  table_name,
  column_name,
  data_type,
  is_nullable,
  comment
FROM duckdb_columns()
WHERE NOT internal
ORDER BY
  table_oid,
  column_index;

-- name: digest
SELECT
  count(*),
  coalesce(sum(hash(compared)::HUGEINT), 0),
  coalesce(bit_xor(hash(compared)), 0)
FROM {table} AS compared;

-- name: rows
SELECT *
FROM {table}
ORDER BY {key};
