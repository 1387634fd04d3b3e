"""The documents of the feed are what the code makes of the domain, and keep what they promised.

`docs/feed/` is what a subscriber reads today; `released/` holds each schema as it was first
released. A released file is never edited, but for new fields.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from deskledger.consumers.publisher.allow_list import shipped_allow_list
from deskledger.consumers.publisher.cloud_event import Describing, schema_uri, source_of, type_of
from deskledger.consumers.publisher.compatibility import broken_promises
from deskledger.consumers.publisher.documents import feed_documents
from tests.feed.test_cloud_event import DESK, READ, TIME

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "feed"
RELEASED = Path(__file__).parent / "released"
DOCUMENTS = feed_documents(shipped_allow_list())


def written() -> dict[str, bytes]:
    found = [DOCS / "asyncapi.json", *(DOCS / "schemas").iterdir()]
    return {path.relative_to(DOCS).as_posix(): path.read_bytes() for path in found}


def test_the_documents_are_those_that_the_code_makes() -> None:
    assert written() == DOCUMENTS, "run `make feed-docs` and look at what changed"


def schemas(directory: Path) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_bytes()) for path in directory.iterdir()}


@pytest.mark.parametrize("name", sorted(schemas(RELEASED)))
def test_a_released_schema_keeps_its_promises(name: str) -> None:
    current = schemas(DOCS / "schemas")
    assert name in current, "a released event is no longer published"
    assert list(broken_promises(schemas(RELEASED)[name], current[name])) == []


def test_every_schema_is_held_to_a_released_one() -> None:
    assert schemas(RELEASED).keys() == schemas(DOCS / "schemas").keys()


@pytest.mark.parametrize("name", sorted(schemas(RELEASED)))
def test_a_schema_is_valid_and_needs_no_other_file(name: str) -> None:
    schema = schemas(DOCS / "schemas")[name]
    Draft7Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)
    assert schema["$id"] == schema_uri(name)


def test_the_asyncapi_document_names_every_schema_and_describes_the_headers() -> None:
    document = json.loads(DOCUMENTS["asyncapi.json"])
    messages = document["components"]["messages"]
    assert messages.keys() == document["channels"]["events"]["messages"].keys()
    assert {f"schemas/{name}.json" for name in messages} == DOCUMENTS.keys() - {"asyncapi.json"}
    for name, message in messages.items():
        assert message["payload"] == {"$ref": f"schemas/{name}.json"}
        headers = Describing(source_of(DESK, 3), type_of(name), schema_uri(name)).headers(
            identity="1", subject=b"ticket/a", time=TIME, sequence=READ.sequence, previous=0
        )
        Draft7Validator(message["headers"]).validate({k: v.decode() for k, v in headers})


BEFORE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "enum": ["x", "y"], "description": "an a"},
        "b": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["a"],
}


def after(**changed: Any) -> dict[str, Any]:
    return {**BEFORE, **changed}


def fields(**changed: Any) -> dict[str, Any]:
    return {"properties": {**BEFORE["properties"], **changed}}


@pytest.mark.parametrize(
    "current",
    [
        BEFORE,
        after(**fields(c={"type": "string"})),
        after(required=["a", "b"]),
        after(**fields(a={"type": "string", "enum": ["y"]})),
        after(title="Another", description="Said better."),
    ],
)
def test_added_fields_and_better_words_break_no_promise(current: dict[str, Any]) -> None:
    assert list(broken_promises(BEFORE, current)) == []


@pytest.mark.parametrize(
    ("current", "told"),
    [
        (after(properties={"a": BEFORE["properties"]["a"]}), "/properties/b is gone"),
        (after(required=[]), "/properties/a may be missing"),
        (after(**fields(a={"type": "string", "enum": ["x", "z"]})), "/properties/a may be 'z'"),
        (after(**fields(a={"type": "string"})), "/properties/a/enum was"),
        (after(**fields(a={"type": "integer", "enum": ["x"]})), "/properties/a/type was 'string'"),
        (after(**fields(b={"type": "integer"})), "/properties/b/"),
        (
            after(**fields(b={"anyOf": [{"type": "integer"}]})),
            "/properties/b/anyOf has other alternatives",
        ),
        (
            after(**fields(b={"anyOf": [{"type": "string"}, {"type": "null"}]})),
            "/properties/b/anyOf/0/type was 'integer'",
        ),
    ],
)
def test_a_broken_promise_is_told_with_its_place(current: dict[str, Any], told: str) -> None:
    assert any(line.startswith(told) for line in broken_promises(BEFORE, current))
