"""Every kind of stream: its events, commands and rules, by the noun of its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, get_args

from deskledger.domain import process
from deskledger.domain.agent import decide as agent
from deskledger.domain.agent.commands import AgentCommand
from deskledger.domain.agent.events import AgentEvent
from deskledger.domain.availability import decide as availability
from deskledger.domain.availability.commands import AvailabilityCommand
from deskledger.domain.availability.events import AvailabilityEvent
from deskledger.domain.commands import Command
from deskledger.domain.configuration import decide as configuration
from deskledger.domain.configuration.commands import ConfigurationCommand
from deskledger.domain.configuration.documents import KINDS, Kind
from deskledger.domain.configuration.events import ConfigurationEvent
from deskledger.domain.context import Context
from deskledger.domain.customer import decide as customer
from deskledger.domain.customer.commands import CustomerCommand
from deskledger.domain.customer.events import CustomerEvent
from deskledger.domain.customer.evolve import evolve as evolve_customer
from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.domain.events import Event
from deskledger.domain.group import decide as group
from deskledger.domain.group.commands import GroupCommand
from deskledger.domain.group.events import GroupEvent
from deskledger.domain.identity import decide as identity
from deskledger.domain.identity.commands import IdentityCommand
from deskledger.domain.identity.events import IdentityEvent
from deskledger.domain.report import decide as report
from deskledger.domain.report.commands import ReportCommand
from deskledger.domain.report.events import ReportEvent
from deskledger.domain.shapes import ActorKind
from deskledger.domain.ticket.decide import decide as decide_ticket
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.evolve import concluded as concluded_ticket
from deskledger.domain.ticket.evolve import evolve as evolve_ticket
from deskledger.domain.ticket.needs import further_needs as ticket_further_needs
from deskledger.domain.ticket.needs import needs as ticket_needs
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.together import TicketCommand


class UnknownEvent(DeskError):
    """This software does not know the event; a newer one wrote it, so update the software."""


@dataclass(frozen=True)
class StreamType:
    """What the streams of one noun have in common.

    Attributes:
        events: every event that can be read, by type and version.
        commands: every command, by name.
        decide: the events that a command causes, an empty list for nothing to do; raises
            ``CommandRefused``. Its context must hold the states that ``needs`` names.
        evolve: the state after one more event, which has this version; never fails.
        subject: name of the stream whose key seals the stream's personal values, given the state
            after the events that are being sealed and the stream's own name.
        needs: names of the other streams whose states ``decide`` must be given; the context's
            ``states`` are not looked at.
        further: names of the streams that ``decide`` must be given because of the states of those
            that ``needs`` named, which the context now holds; null where nothing ever follows.
        concluded: the state after all events of a commit; null where one by one they say all.
        parts: how many parts follow the noun in a stream's name.
        absence_kept: whether a stream that was looked for in vain is not looked for again before
            somebody is known to have begun it.
    """

    noun: str
    events: Mapping[tuple[str, int], type[Event]]
    commands: Mapping[str, type[Command]]
    decide: Callable[[Any, Any, Context], list[Any]]
    evolve: Callable[[Any, Any, int], Any]
    subject: Callable[[Any, str], str]
    needs: Callable[[Any, Any, Context], frozenset[str]]
    further: Callable[[Any, Any, Context], frozenset[str]] | None = None
    concluded: Callable[[Any, Sequence[Any], ActorKind], Any] | None = None
    parts: int = 1
    absence_kept: bool = False

    def after(self, state: Any, events: Sequence[Event], version: int, acting: ActorKind) -> Any:
        """The state after a commit, whose first event has this version."""
        for place, event in enumerate(events, version):
            state = self.evolve(state, event, place)
        return state if self.concluded is None else self.concluded(state, events, acting)

    def read(self, stored: Mapping[str, Any]) -> Event:
        """Read an event from its JSON, in which personal values are open or ``Erased``.

        Raises:
            UnknownEvent: no event of this type and version belongs to the noun.
            ValidationError: the JSON has not the event's shape.
        """
        name, v = stored.get("type"), stored.get("v")
        shape = self.events.get((name, v)) if isinstance(name, str) and v.__class__ is int else None
        if shape is None:
            raise UnknownEvent(noun=self.noun, type=name, v=v)
        return shape.model_validate(stored)


def stream_type(stream: str) -> StreamType:
    """Find the kind of a stream by its name: a noun and its parts, mostly one.

    Raises:
        InvalidInput: no streams have this noun, or it has too many or too few parts.
    """
    noun, *parts = stream.split("/")
    kind = STREAM_TYPES.get(noun)
    if kind is None or len(parts) != kind.parts:
        nouns = ", ".join(STREAM_TYPES)
        raise InvalidInput(
            f"{stream!r} names no stream; write noun/id with one of {nouns}", stream=stream
        )
    return kind


def _events(union: Any) -> Mapping[tuple[str, int], type[Event]]:
    shapes: tuple[type[Event], ...] = get_args(union)
    return MappingProxyType({_name(shape): shape for shape in shapes})


def _name(shape: type[Event]) -> tuple[str, int]:
    fields = shape.model_fields
    return fields["type"].default, fields["v"].default


def _commands(union: Any) -> Mapping[str, type[Command]]:
    shapes: tuple[type[Command], ...] = get_args(union) or (union,)
    return MappingProxyType({shape.__name__: shape for shape in shapes})


def _itself(_state: object, stream: str) -> str:
    return stream


def _customer_of(state: TicketState, stream: str) -> str:
    return stream if state.customer is None else f"customer/{state.customer}"


def _configuration(kind: Kind) -> StreamType:
    return StreamType(
        noun=kind.noun,
        events=_events(ConfigurationEvent),
        commands=_commands(ConfigurationCommand),
        decide=configuration.decide,
        evolve=partial(configuration.evolve, kind),
        subject=_itself,
        needs=configuration.needs,
        parts=kind.parts,
        absence_kept=True,
    )


def _nothing(_state: object, _command: Command, _context: Context) -> frozenset[str]:
    return frozenset()


TICKET = StreamType(
    noun="ticket",
    events=_events(TicketEvent),
    commands=_commands(TicketCommand),
    decide=decide_ticket,
    evolve=evolve_ticket,
    subject=_customer_of,
    needs=ticket_needs,
    further=ticket_further_needs,
    concluded=concluded_ticket,
)
CUSTOMER = StreamType(
    noun="customer",
    events=_events(CustomerEvent),
    commands=_commands(CustomerCommand),
    decide=customer.decide,
    evolve=evolve_customer,
    subject=_itself,
    needs=customer.needs,
)
IDENTITY = StreamType(
    noun="identity",
    events=_events(IdentityEvent),
    commands=_commands(IdentityCommand),
    decide=identity.decide,
    evolve=identity.evolve,
    subject=_itself,
    needs=identity.needs,
)
AGENT = StreamType(
    noun="agent",
    events=_events(AgentEvent),
    commands=_commands(AgentCommand),
    decide=agent.decide,
    evolve=agent.evolve,
    subject=_itself,
    needs=agent.needs,
)
AVAILABILITY = StreamType(
    noun="availability",
    events=_events(AvailabilityEvent),
    commands=_commands(AvailabilityCommand),
    decide=availability.decide,
    evolve=availability.evolve,
    subject=_itself,
    needs=availability.needs,
    parts=2,
)
GROUP = StreamType(
    noun="group",
    events=_events(GroupEvent),
    commands=_commands(GroupCommand),
    decide=group.decide,
    evolve=group.evolve,
    subject=_itself,
    needs=group.needs,
)
PROCESS = StreamType(
    noun="process",
    events=_events(process.ProcessEvent),
    commands=_commands(process.MakeProgress),
    decide=process.decide,
    evolve=process.evolve,
    subject=_itself,
    needs=_nothing,
    parts=2,
)
REPORT = StreamType(
    noun="report",
    events=_events(ReportEvent),
    commands=_commands(ReportCommand),
    decide=report.decide,
    evolve=report.evolve,
    subject=_itself,
    needs=_nothing,
)

STREAM_TYPES: Mapping[str, StreamType] = MappingProxyType(
    {
        kind.noun: kind
        for kind in (
            *(TICKET, CUSTOMER, IDENTITY, AGENT, AVAILABILITY, GROUP, PROCESS, REPORT),
            *map(_configuration, KINDS.values()),
        )
    }
)
