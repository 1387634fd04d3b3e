"""Our own scenarios use every key of the format, and every value that a key can have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from deskledger.domain.sla.scenario.documents import ScenarioDocument

OWN = Path(__file__).parent / "scenarios"
Use = tuple[str, str, str]
"""A model, one of its keys, and a value of that, or what kind of value it is."""

ANY = "stated"
NULLS = {
    **dict.fromkeys(("priority", "type", "group", "tier", "tags"), "SetStep"),
    **dict.fromkeys(("agent",), "AssignStep"),
    **dict.fromkeys(("due", "due_if_resumed", "noticed_at", "mark_at", "next_due"), "Expectation"),
}
"""Keys in which null says something; in all others it is as if they were not stated."""


def bare(kind: Any) -> Any:
    return bare(get_args(kind)[0]) if get_origin(kind) is Annotated else kind


def parts(kind: Any) -> tuple[Any, ...]:
    """A type, or the types that it may be one of."""
    plain = bare(kind)
    if get_origin(plain) in (Union, UnionType):
        return tuple(part for one in get_args(plain) for part in parts(one))
    return (plain,)


def wanted(model: type[BaseModel], seen: set[type]) -> Iterator[Use]:
    """Every key of a model and of those in it, with the values that it may have."""
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield model.__name__, key, ANY
        yield from values(model.__name__, key, field.annotation, seen)


def values(owner: str, key: str, kind: Any, seen: set[type]) -> Iterator[Use]:
    for one in parts(kind):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield from wanted(one, seen)
        elif get_origin(one) is Literal:
            yield from ((owner, key, str(value)) for value in get_args(one))
        elif one is bool:
            yield from ((owner, key, value) for value in ("True", "False"))
        elif one is type(None) and NULLS.get(key) == owner:
            yield owner, key, "None"
        elif get_origin(one) in (tuple, dict):
            inner = [arg for arg in get_args(one) if arg is not Ellipsis]
            for arg in inner:
                yield from values(owner, key, arg, seen)


def used(value: Any, kind: Any, owner: str, key: str) -> Iterator[Use]:
    """What a document uses of a type."""
    plain = parts(kind)
    models = [one for one in plain if isinstance(one, type) and issubclass(one, BaseModel)]
    if isinstance(value, dict) and models:
        yield from used_of(value, meant(value, models))
    elif isinstance(value, dict | list):
        inner = next(one for one in plain if get_origin(one) in (tuple, dict))
        *names, of_value = [arg for arg in get_args(inner) if arg is not Ellipsis]
        for entry in value:
            yield from (use for arg in names for use in used(entry, arg, owner, key))
            yield from used(value[entry] if names else entry, of_value, owner, key)
    else:
        yield owner, key, str(value)


def used_of(value: dict[str, Any], model: type[BaseModel]) -> Iterator[Use]:
    kinds = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, held in value.items():
        yield model.__name__, key, ANY
        yield from used(held, kinds[key], model.__name__, key)


def meant(value: dict[str, Any], models: list[type[BaseModel]]) -> type[BaseModel]:
    """Of several models, that whose tag the object has."""
    return next(
        one
        for one in models
        if len(models) == 1 or value["do"] in get_args(one.model_fields["do"].annotation)
    )


def in_files() -> set[Use]:
    read = [json.loads(path.read_text(encoding="utf-8")) for path in OWN.glob("*.json")]
    return {use for one in read for use in used_of(one, ScenarioDocument)}


WANTED = sorted(set(wanted(ScenarioDocument, set())))


@pytest.fixture(scope="module")
def found() -> set[Use]:
    return in_files()


def test_the_walk_finds_the_keys_of_every_part_of_the_format() -> None:
    models = {model for model, _, _ in WANTED}
    assert models >= {"Target", "When", "Mark", "CalendarDocument", "Weekly", "Expectation"}
    assert len([use for use in WANTED if use[0] == "Target" and use[1] == "metric"]) > 8


@pytest.mark.parametrize("use", WANTED, ids="-".join)
def test_a_key_and_its_value_stand_in_some_scenario(use: Use, found: set[Use]) -> None:
    assert use in found
