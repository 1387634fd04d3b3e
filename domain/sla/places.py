"""Where in a document a validation found a fault, and which names are valid there."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

TAG = "do"
_DICT_KEY = "[key]"


class Place(NamedTuple):
    """A place in a document.

    Attributes:
        parts: names and indexes from the root.
        keys: valid keys of the object that holds it.
        choices: valid values, where it is one of a fixed set of names.
        tags: valid values of the key that tells the kind of an object.
    """

    parts: tuple[str | int, ...]
    keys: tuple[str, ...]
    choices: tuple[str, ...]
    tags: tuple[str, ...]


def place_of(model: type[BaseModel], location: tuple[str | int, ...]) -> Place:
    """The place that pydantic's location means, without the parts that only pydantic knows."""
    kind: Any = model
    within: Any = None
    parts: list[str | int] = []
    holder: type[BaseModel] | None = model
    for part in location:
        kind = _bare(kind)
        if part == _DICT_KEY:
            kind = get_args(within)[0]
            continue
        if get_origin(kind) in (Union, UnionType):
            # A tagged object: its tag stands in the location, and in no path.
            kind = next(one for one in get_args(kind) if _tag(one) == part)
            continue
        parts.append(part)
        holder = kind if _is_model(kind) else holder
        within, kind = kind, _inner(kind, part)
    kind = _bare(kind)
    return Place(tuple(parts), _keys(holder), _choices(kind), _tags(kind))


def _bare(kind: Any) -> Any:
    """A type without annotations and without None."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        others = [one for one in get_args(kind) if one is not type(None)]
        return _bare(others[0]) if len(others) == 1 else Union[tuple(map(_bare, others))]  # noqa: UP007 - built of parts
    return kind


def _inner(kind: Any, part: str | int) -> Any:
    if _is_model(kind):
        fields = kind.model_fields.items()
        return next((one.annotation for name, one in fields if part in (name, one.alias)), None)
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _keys(model: type[BaseModel] | None) -> tuple[str, ...]:
    if model is None:
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _choices(kind: Any) -> tuple[str, ...]:
    return tuple(map(str, get_args(kind))) if get_origin(kind) is Literal else ()


def _tag(model: Any) -> str | None:
    tags = _choices(model.model_fields[TAG].annotation) if _is_model(model) else ()
    return tags[0] if tags else None


def _tags(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) not in (Union, UnionType):
        return ()
    return tuple(tag for one in get_args(kind) if (tag := _tag(one)) is not None)
