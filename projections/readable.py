"""The events that can be read: their fields, and how each is read."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from deskledger.domain.configuration.documents import KINDS
from deskledger.domain.errors import DeskError
from deskledger.domain.streams import STREAM_TYPES
from deskledger.projections.facts import FACTS, Facts


class EventShape(NamedTuple):
    """An event that can be read: its fields, whether it begins a stream, and how it is read.

    `order` has the fields as this software writes them; `facts` is None for a contact.
    """

    order: tuple[str, ...]
    names: frozenset[str]
    begins: bool
    facts: Callable[[dict[str, Any]], Facts] | None


Shapes = Mapping[str, Mapping[tuple[str, int], EventShape]]

_BEGINNINGS = frozenset({"TicketOpened", "CustomerRegistered", "AgentJoined", "GroupFormed"})
_FREELY_BEGUN = frozenset({"identity", "availability", "process", "report", *KINDS})

READABLE: Shapes = {
    noun: {
        (name, version): EventShape(
            tuple(shape.model_fields),
            frozenset(shape.model_fields),
            name in _BEGINNINGS,
            FACTS.get(name),
        )
        for (name, version), shape in kind.events.items()
    }
    for noun, kind in STREAM_TYPES.items()
}
"""Every event that can be read, by the noun of its stream, then by type and version."""


class Unreadable(DeskError):
    """The event cannot be projected by this software; update it, then rebuild."""


def begins_with(noun: str, version: int) -> bool:
    """Whether the event of that version must be one that begins its stream."""
    return version == 1 and noun not in _FREELY_BEGUN


def fits(shape: EventShape, event: dict[str, Any]) -> bool:
    """Whether an event has exactly the fields of its shape."""
    # Comparing the names in their usual order costs half of comparing them in any order.
    return tuple(event) == shape.order or event.keys() == shape.names


def unreadable(
    noun: str, version: int, shape: EventShape | None, event: dict[str, Any]
) -> Unreadable:
    """Why an event cannot be read."""
    name, v = event["type"], event["v"]
    if shape is None:
        return Unreadable("No such event is known.", noun=noun, type=name, v=v)
    if event.keys() != shape.names:
        fields = ", ".join(sorted(event.keys() ^ shape.names))
        return Unreadable("The event has other fields.", type=name, v=v, fields=fields)
    told = "A stream's first event, and no other, begins it."
    return Unreadable(told, type=name, version=version)
