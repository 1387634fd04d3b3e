"""The files that describe a feed to those who subscribe: JSON Schemas and an AsyncAPI document."""

from collections.abc import Mapping
from typing import Any

import orjson

from deskledger.consumers.publisher import heartbeat
from deskledger.consumers.publisher.allow_list import AllowList
from deskledger.consumers.publisher.asyncapi import asyncapi_document
from deskledger.consumers.publisher.schemas import data_schema, event_schemas

_LAID_OUT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def feed_documents(allow_list: AllowList) -> dict[str, bytes]:
    """Every file by its path: `asyncapi.json`, and in `schemas/` one for each kind of record."""
    schemas = event_schemas(allow_list)
    beat = data_schema(heartbeat.NAME, heartbeat.Heartbeat)
    described: Mapping[str, Mapping[str, Any]] = {**schemas, heartbeat.NAME: beat}
    files = {f"schemas/{name}.json": _written(schema) for name, schema in described.items()}
    return files | {"asyncapi.json": _written(asyncapi_document(schemas))}


def _written(document: Mapping[str, Any]) -> bytes:
    return orjson.dumps(document, option=_LAID_OUT)
