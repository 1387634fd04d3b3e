-- The shape of an analyst's question.

-- name: statement
SELECT
  json_serialize_sql($sql);
