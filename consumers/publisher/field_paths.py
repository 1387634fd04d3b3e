"""Fields of an event as the allow-list names them: dotted, through models and items of lists."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from deskledger.domain.events import Event
from deskledger.domain.personal import personal_paths

FieldPath = tuple[str, ...]

_EACH = "*"


class Tree(Mapping[str, "Tree | None"]):
    """Names with what is allowed below each; None stands for the whole."""

    def __init__(self, paths: frozenset[FieldPath]) -> None:
        heads = dict.fromkeys(path[0] for path in sorted(paths))
        below = {head: frozenset(p[1:] for p in paths if p[0] == head) for head in heads}
        self._names = {head: None if () in rest else Tree(rest) for head, rest in below.items()}

    def __getitem__(self, name: str) -> "Tree | None":
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def split(stated: str) -> FieldPath:
    """The names that a dotted path is made of."""
    return tuple(stated.split("."))


def personal_fields(event_type: type[Event]) -> frozenset[FieldPath]:
    """Where an event type holds personal values; lists and maps add no name of their own."""
    return frozenset(
        tuple(part for part in path.parts if part != _EACH) for path in personal_paths(event_type)
    )


def overlapping(path: FieldPath, others: frozenset[FieldPath]) -> frozenset[FieldPath]:
    """Those of the others that lie within a path, or that it lies within."""
    return frozenset(
        other for other in others if other[: len(path)] == path or path[: len(other)] == other
    )


def trouble_with(path: FieldPath, event_type: type[BaseModel]) -> str | None:
    """Why a path names no field of an event, in words; None where it names one."""
    model: type[BaseModel] | None = event_type
    for depth, name in enumerate(path):
        if model is None:
            return f"{'.'.join(path[:depth])} has no fields to choose from; name it whole"
        if name not in model.model_fields:
            near = get_close_matches(name, model.model_fields, 1)
            names = ", ".join(near or sorted(model.model_fields))
            return f"there is no field {name}; {'did you mean' if near else 'there are'} {names}"
        model = model_in(model.model_fields[name].annotation)
    return None


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model whose fields a path goes on with: the value itself, or each item of a list."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Annotated, tuple):
        return model_in(arguments[0])
    if origin in (Union, UnionType):
        found = [model for model in map(model_in, arguments) if model is not None]
        return found[0] if len(found) == 1 else None
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None
