-- Tables written to files of their own.

-- name: all
SELECT *
FROM {table};

-- name: insert
INSERT INTO {table}
SELECT *
FROM arriving;

-- name: kinds
SELECT
  table_name,
  table_type
FROM information_schema.tables
WHERE table_catalog = 'made';
