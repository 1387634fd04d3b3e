"""JSON Schemas of what the feed carries: one for each version of each event, and the heartbeat's.

They are of draft 07, which every tool for AsyncAPI reads, and need no other file. A later release
may add fields, so none of them says that there are no others.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from deskledger.consumers.publisher.allow_list import AllowList
from deskledger.consumers.publisher.cloud_event import schema_uri
from deskledger.consumers.publisher.published_model import published_model

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_REFERENCE = "#/definitions/"
_LEFT_OUT = ("title", "default")
_ATTRIBUTES = re.compile(r"\n\s*Attributes:\n(.*)\Z", re.DOTALL)
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*?)(?=^ {4}\w+: |\Z)", re.DOTALL | re.MULTILINE)


def event_schemas(allow_list: AllowList) -> dict[str, Schema]:
    """The schema of the data of every published event, by the event's name in full."""
    return {
        str(name): data_schema(str(name), published_model(name, allowed))
        for name, allowed in sorted(allow_list.events.items())
    }


def data_schema(name: str, model: type[BaseModel]) -> Schema:
    """The schema of a record's data, self-contained."""
    made = model.model_json_schema(ref_template=_REFERENCE + "{model}")
    definitions = made.pop("$defs", {})
    schema: Schema = _readable(made, definitions)
    told = schema["properties"].get("event", schema)["description"]
    about = {"$schema": _DRAFT, "$id": schema_uri(name), "title": name, "description": told}
    return about | {part: value for part, value in schema.items() if part not in about}


def _readable(part: Any, definitions: Mapping[str, Schema]) -> Any:
    """A part of a schema without references, generated titles and what only Python understands."""
    if isinstance(part, list):
        return [_readable(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _readable(definitions[part["$ref"].removeprefix(_REFERENCE)], definitions)
    return _object(part, definitions)


def _object(part: Schema, definitions: Mapping[str, Schema]) -> Schema:
    readable: Schema = {}
    for name, value in part.items():
        if name == "pattern":
            readable[name] = _pattern(value)
        elif name in ("properties", "patternProperties"):
            readable[name] = {
                _pattern(key): _readable(inner, definitions) for key, inner in value.items()
            }
        elif name == "description":
            readable[name] = _sentence(_ATTRIBUTES.sub("", value))
        elif name not in _LEFT_OUT and not (name == "additionalProperties" and value is False):
            readable[name] = _readable(value, definitions)
    _describe(readable.get("properties", {}), part.get("description", ""))
    return readable


def _describe(properties: dict[str, Schema], documentation: str) -> None:
    """Gives each property what the model's documentation says of it."""
    found = _ATTRIBUTES.search(documentation)
    for name, meaning in _ATTRIBUTE.findall(found[1]) if found else ():
        if name in properties:
            rest = {
                part: value for part, value in properties[name].items() if part != "description"
            }
            properties[name] = {"description": _sentence(meaning), **rest}


def _sentence(text: str) -> str:
    words = " ".join(text.replace("``", "`").split())
    return words[:1].upper() + words[1:]


def _pattern(pattern: str) -> str:
    """A regular expression whose end is written as JavaScript writes it, which schemas follow."""
    return pattern.removesuffix(r"\z") + "$" if pattern.endswith(r"\z") else pattern
