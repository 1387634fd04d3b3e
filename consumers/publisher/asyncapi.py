"""The feed described in AsyncAPI 3, for generators of clients and of documentation."""

from collections.abc import Iterable, Mapping
from typing import Any

from deskledger.consumers.publisher import heartbeat
from deskledger.consumers.publisher.cloud_event import (
    CONTENT_TYPE,
    POSITION_DIGITS,
    schema_uri,
    type_of,
)
from deskledger.consumers.publisher.schemas import Schema

VERSION = "1.0.0"
"""Of the feed's contract: the second number rises with added fields and events."""

_KAFKA = "0.5.0"
_POSITION = {"type": "string", "pattern": f"^[0-9]{{{POSITION_DIGITS}}}$"}


def asyncapi_document(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """The document for these schemas of events, by name in full; files stand in `schemas/`."""
    names = [*schemas, heartbeat.NAME]
    titles = {name: str(schema["description"]) for name, schema in schemas.items()}
    titles[heartbeat.NAME] = "Nothing was published in a lane for a while."
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "deskledger feed",
            "version": VERSION,
            "description": (
                "Published events of a service desk: CloudEvents 1.0 in Kafka's binary mode. Handle"
                " a record only if its sequence is greater than the last one of its lane, and you"
                " see every published event once and in order."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {"events": _channel(names)},
        "operations": {
            "publishEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/events"},
                "summary": "What the desk publishes, at least once and in the order of each lane.",
                "bindings": {"kafka": {"bindingVersion": _KAFKA}},
            }
        },
        "components": {"messages": {name: _message(name, titles[name]) for name in names}},
    }


def _channel(names: Iterable[str]) -> dict[str, Any]:
    return {
        "address": "{desk}.events",
        "description": "One partition for each lane of the ledger; no order between lanes.",
        "parameters": {"desk": {"description": "What the names of the desk's topics begin with."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"bindingVersion": _KAFKA}},
    }


def _message(name: str, title: str) -> dict[str, Any]:
    key = "lane/<n>" if name == heartbeat.NAME else "The stream, such as ticket/<id>."
    return {
        "name": type_of(name),
        "title": name,
        "summary": title,
        "contentType": CONTENT_TYPE,
        "headers": _headers(name),
        "payload": {"$ref": f"schemas/{name}.json"},
        "bindings": {
            "kafka": {"key": {"type": "string", "description": key}, "bindingVersion": _KAFKA}
        },
    }


def _headers(name: str) -> Schema:
    properties: dict[str, Schema] = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "description": "Unique in the source."},
        "ce_source": {"type": "string", "pattern": "^/desks/[0-9a-f-]{36}/lanes/[0-9]+$"},
        "ce_type": {"const": type_of(name)},
        "ce_subject": {"type": "string", "description": "The stream; the record's key."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"const": schema_uri(name)},
        "ce_sequence": {**_POSITION, "description": "Position of the event in its lane."},
        "ce_previoussequence": {
            **_POSITION,
            "description": "Position of the lane's published event before; zeros for none.",
        },
        "content-type": {"const": CONTENT_TYPE},
    }
    return {"type": "object", "required": list(properties), "properties": properties}
