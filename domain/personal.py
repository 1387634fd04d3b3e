"""Where personal values stand in an event: read from its model, once for each event type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from deskledger.domain.events import Event
from deskledger.domain.shapes import Personal

Purpose = Literal["subject", "text", "attachment"]


@dataclass(frozen=True, slots=True)
class PersonalPath:
    """A place in an event's JSON where a personal value is sealed whole.

    Attributes:
        parts: names of members; ``*`` stands for every item of a list or value of a map.
        purpose: which key seals it.
    """

    parts: tuple[str, ...]
    purpose: Purpose


@cache
def personal_paths(event_type: type[Event]) -> tuple[PersonalPath, ...]:
    """The places of an event type's personal values, in the order of its fields."""
    return tuple(_in_model(event_type, ()))


def _in_model(model: type[BaseModel], parts: tuple[str, ...]) -> Iterator[PersonalPath]:
    for name, field in model.model_fields.items():
        # pydantic moves the outermost Annotated's marks from the annotation to the metadata.
        place = (*parts, name)
        purpose = _purpose(field.metadata)
        if purpose is not None:
            yield PersonalPath(place, purpose)
        else:
            yield from _in_annotation(field.annotation, place)


def _in_annotation(annotation: Any, parts: tuple[str, ...]) -> Iterator[PersonalPath]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        purpose = _purpose(arguments[1:])
        if purpose is not None:
            yield PersonalPath(parts, purpose)
        else:
            yield from _in_annotation(arguments[0], parts)
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from _in_annotation(argument, parts)
    elif origin is tuple:
        yield from _in_annotation(arguments[0], (*parts, "*"))
    elif origin is dict:
        yield from _in_annotation(arguments[1], (*parts, "*"))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _in_model(annotation, parts)


def _purpose(marks: Any) -> Purpose | None:
    return next((mark.purpose for mark in marks if isinstance(mark, Personal)), None)
