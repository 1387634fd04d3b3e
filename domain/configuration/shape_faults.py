"""Faults of a document's shape, as Pydantic finds them, told with what would have been valid."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from deskledger.domain.configuration.faults import Fault, Location, fault, nearest

_KEY = "[key]"


def shape_faults(model: type[BaseModel], document: Any) -> list[Fault]:
    """Every place at which a document has not the shape of its model."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=True)
        return [_fault(model, problem) for problem in told if not _follows(problem)]
    return []


def _follows(problem: Any) -> bool:
    """Whether a list only seems too short because what it holds has faults of its own."""
    if problem["type"] != "too_short":
        return False
    return len(problem["input"]) >= int(problem["ctx"]["min_length"])


def _fault(model: type[BaseModel], problem: Any) -> Fault:
    place: Location = problem["loc"]
    shown = tuple(part for part in place if part != _KEY)
    match problem["type"]:
        case "missing":
            return fault(shown, "missing")
        case "extra_forbidden":
            owners = [one for one in _at(model, place[:-1]) if _is_model(one)]
            fields = [pair for owner in owners for pair in owner.model_fields.items()]
            names = [field.alias or name for name, field in fields]
            last = str(place[-1])
            return fault(shown, "unknown_name", name=last, nearest=nearest(last, names))
        case "literal_error":
            choices = [str(one) for one in _choices(model, place)]
            value = str(problem["input"])
            told = {"choices": ", ".join(choices), "nearest": nearest(value, choices)}
            return fault(shown, "unknown_choice", value=value, **told)
        case "string_pattern_mismatch":
            return fault(shown, "wrong_form", value=problem["input"])
        case _:
            message = problem["msg"].removeprefix("Value error, ")
            return fault(shown, "rule", message=message)


def _choices(model: type[BaseModel], place: Location) -> list[Any]:
    return [
        choice
        for annotation in _at(model, place)
        if get_origin(annotation) is Literal
        for choice in get_args(annotation)
    ]


def _at(model: type[BaseModel], place: Location) -> list[Any]:
    """What the model allows at a place: its annotations, alternatives apart."""
    found = [model] if place == () else []
    allowed: list[Any] = [model]
    for part in place:
        allowed = [inner for one in allowed for inner in _inside(one, part)]
    return found or allowed


def _inside(annotation: Any, part: str | int) -> Iterator[Any]:
    if _is_model(annotation):
        field = annotation.model_fields.get(part)
        yield from _alternatives(field.annotation) if field is not None else ()
    elif get_origin(annotation) is tuple:
        members = get_args(annotation)
        alike = len(members) > 1 and members[1] is ...
        if isinstance(part, int) and (alike or part < len(members)):
            yield from _alternatives(members[0 if alike else part])
    elif get_origin(annotation) is dict:
        yield from _alternatives(get_args(annotation)[1])


def _alternatives(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _alternatives(one)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
