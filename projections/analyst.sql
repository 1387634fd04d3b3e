-- What the tables and their columns mean, for whoever asks questions of their own.

-- name: schema_tables
SELECT
  table_name,
  comment
FROM duckdb_tables()
WHERE NOT temporary
ORDER BY table_oid;

-- name: schema_columns
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

-- name: statement
SELECT
  json_serialize_sql($sql);
