"""The published shape of an event: its own model with the allowed fields alone.

What checks a record before it is published is also what its JSON Schema is made of.
"""

from collections.abc import Callable, Iterator
from copy import copy
from functools import reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo

from deskledger.consumers.publisher.allow_checks import EventName
from deskledger.consumers.publisher.allow_list import Allowed
from deskledger.consumers.publisher.field_paths import Tree
from deskledger.domain.shapes import ActorKind, Count, Erased, Frozen, Instant, Personal
from deskledger.domain.streams import STREAM_TYPES

JsonObject = dict[str, Any]

_EXACT = ConfigDict(frozen=True, extra="forbid")


class PublishedActor(Frozen):
    """Who appended the commit, by kind alone.

    Attributes:
        kind: an agent, a customer, or which part of the desk.
    """

    kind: ActorKind


class PublishedEvent(Frozen):
    """An event of the desk as the feed carries it.

    Attributes:
        stream: what it happened to, such as ticket/<id>.
        number: short name of the stream for people, the same on every node.
        version: of the stream with this event; (stream, version) names the event for ever.
        type: the event's name, unique within the stream's noun.
        v: version of the event's shape.
        occurred_at: when it happened in the world.
        recorded_at: when the desk recorded it.
        actor: who appended it.
    """

    stream: str
    number: Count
    version: Count
    type: str
    v: Count
    occurred_at: Instant
    recorded_at: Instant
    actor: PublishedActor
    event: Any


def published_model(name: EventName, allowed: Allowed) -> type[PublishedEvent]:
    """The model of what is published of an event."""
    shape = STREAM_TYPES[name.noun].events[name.type, name.v]
    own: dict[str, Any] = {
        "type": (shape.model_fields["type"].annotation, ...),
        "v": (shape.model_fields["v"].annotation, ...),
        "event": (published_fields(shape, Tree(allowed.plain | allowed.personal)), ...),
    }
    return create_model(name.type, __base__=PublishedEvent, __doc__=PublishedEvent.__doc__, **own)


def published_fields(shape: type[BaseModel], allowed: Tree | None) -> type[BaseModel]:
    """A model with the allowed fields of another, all of them for None.

    A personal value may be null, as it is once it has been erased.
    """
    fields: dict[str, Any] = {
        name: _published_field(field, allowed and allowed[name])
        for name, field in shape.model_fields.items()
        if allowed is None or name in allowed
    }
    return create_model(shape.__name__, __config__=_EXACT, __doc__=shape.__doc__, **fields)


def cutter(allowed: Tree) -> Callable[[JsonObject], JsonObject]:
    """What cuts the allowed fields out of an event's JSON; a missing one stays missing."""
    within = {name: None if below is None else cutter(below) for name, below in allowed.items()}

    def cut(value: JsonObject) -> JsonObject:
        kept = {name: item for name, item in value.items() if name in within}
        for name, inner in parts:
            if name in kept:
                kept[name] = _cut_within(kept[name], inner)
        return kept

    parts = [(name, inner) for name, inner in within.items() if inner is not None]
    return cut


def _cut_within(value: Any, cut: Callable[[JsonObject], JsonObject]) -> Any:
    if isinstance(value, dict):
        return cut(value)
    return [_cut_within(item, cut) for item in value] if isinstance(value, list) else value


def _published_field(field: FieldInfo, allowed: Tree | None) -> tuple[Any, FieldInfo]:
    kept = copy(field)
    kept.metadata = [mark for mark in field.metadata if not isinstance(mark, Personal)]
    annotation = _published(field.annotation, allowed)
    return (annotation if len(kept.metadata) == len(field.metadata) else annotation | None), kept


def _published(annotation: Any, allowed: Tree | None) -> Any:
    """An annotation with the allowed parts alone, and null in place of what may be erased."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, marks = _published(arguments[0], allowed), arguments[1:]
        kept = tuple(mark for mark in marks if not isinstance(mark, Personal))
        marked = Annotated[(inner, *kept)] if kept else inner
        return marked if len(kept) == len(marks) else marked | None
    if origin in (Union, UnionType):
        return reduce(or_, (_published(one, allowed) for one in arguments if one is not Erased))
    if origin is tuple:
        return GenericAlias(tuple, (_published(arguments[0], allowed), ...))
    if origin is dict:
        return GenericAlias(dict, (arguments[0], _published(arguments[1], None)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        whole = allowed is None and not any(_erasable(annotation))
        return annotation if whole else published_fields(annotation, allowed)
    return annotation


def _erasable(annotation: Any) -> Iterator[bool]:
    """Whether a value may be erased, for each part of an annotation."""
    yield annotation is Erased
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from _erasable(field.annotation)
    for argument in get_args(annotation):
        yield from _erasable(argument)
