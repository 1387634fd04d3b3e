"""What can be wrong with an entry of the allow-list, in words that say what to write instead."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from deskledger.consumers.publisher.field_paths import (
    FieldPath,
    overlapping,
    personal_fields,
    trouble_with,
)
from deskledger.domain.events import Event
from deskledger.domain.streams import STREAM_TYPES

# Published with every event, so that nobody lists them: what it is, and when it happened.
ALWAYS = frozenset({("type",), ("v",), ("occurred_at",)})

_VERSION = re.compile(r"v([1-9][0-9]{0,5})")


class EventName(NamedTuple):
    """What names a contract of the feed: events of one name differ between nouns."""

    noun: str
    type: str
    v: int

    def __str__(self) -> str:
        return f"{self.noun}.{self.type}.v{self.v}"


def event_type(noun: str, name: str, version: str) -> tuple[EventName, type[Event]] | str:
    """The event that an entry's place names, or why it names none."""
    kind = STREAM_TYPES.get(noun)
    if kind is None:
        return f"no streams are called {noun}; there are {', '.join(STREAM_TYPES)}"
    versions = {v for one, v in kind.events if one == name}
    if not versions:
        return f"a {noun} has no event {name}"
    number = _VERSION.fullmatch(version)
    if number is None or int(number[1]) not in versions:
        there = ", ".join(f"v{v}" for v in sorted(versions))
        return f"{name} has no version {version}; there is {there}"
    v = int(number[1])
    return EventName(noun, name, v), kind.events[name, v]


def troubles(
    plain: Sequence[FieldPath], personal: Sequence[FieldPath], shape: type[Event]
) -> Iterator[str]:
    """Everything that is wrong with the fields of an entry."""
    stated = [*plain, *personal]
    for path in stated:
        trouble = trouble_with(path, shape)
        if trouble is not None:
            yield trouble
        elif path in ALWAYS:
            yield f"{_dotted(path)} is always published; leave it out"
        elif sum(bool(overlapping(path, frozenset({other}))) for other in stated) > 1:
            yield f"{_dotted(path)} is stated twice, or a part of it beside the whole"
    sealed = personal_fields(shape)
    for path in plain:
        if held := overlapping(path, sealed):
            told = ", ".join(sorted(map(_dotted, held)))
            yield (
                f"{_dotted(path)} holds personal values ({told}); name its other parts, or list"
                " it under `personal`"
            )
    for path in personal:
        if trouble_with(path, shape) is None and not overlapping(path, sealed):
            yield f"{_dotted(path)} is not personal; list it under `fields`"


def _dotted(path: FieldPath) -> str:
    return ".".join(path)
