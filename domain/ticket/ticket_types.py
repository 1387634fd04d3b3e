"""Which configuration of its type holds for a ticket.

A ticket keeps the version that its opening names. Where it is put into another type later, the
version that was in force then holds: configuration that is published afterwards changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from deskledger.domain.configuration.state import ConfigurationState, Version
from deskledger.domain.configuration.ticket_type import DEFAULT_TYPE, SHIPPED, TicketType
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.fields import SetFields
from deskledger.domain.shapes import Of
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.commands import (
    DEFAULT_TICKET_TYPE,
    ClassifyTicket,
    OpenTicket,
    SolveTicket,
)
from deskledger.domain.ticket.state import TicketState

NOUN = "ticket-type"


class Chosen(NamedTuple):
    """The configuration of a ticket's type.

    Attributes:
        variant: the arm of a pilot that the ticket falls into; null where there is none.
    """

    of: Of
    document: TicketType
    variant: str | None = None


_SHIPPED = Chosen(DEFAULT_TICKET_TYPE, SHIPPED)


def type_streams(state: TicketState | None, parts: Sequence[Any]) -> Iterator[str]:
    """The streams of the types that may hold when the parts of a command are decided."""
    yield f"{NOUN}/{DEFAULT_TYPE}"
    codes = [part.type_code for part in parts if isinstance(part, OpenTicket | ClassifyTicket)]
    if state is not None:
        codes += [state.ticket_type.id]
        codes += [entry[2] for entry in state.attributes["type_code"].entries]
    yield from (f"{NOUN}/{code}" for code in codes if code is not None)
    for part in parts:
        if isinstance(part, OpenTicket) and part.states("ticket_type"):
            yield f"{NOUN}/{part.ticket_type.id}"


def asks_type(part: Any) -> bool:
    """Whether a command is checked against the configuration of the ticket's type."""
    if isinstance(part, SolveTicket):
        return part.resolution is not None
    return isinstance(part, OpenTicket | SetFields)


def opening_type(command: OpenTicket, context: Context, at: datetime) -> Chosen:
    """The configuration under which a ticket is opened: the stated one, else that in force.

    Raises:
        CommandRefused: the stated version does not exist or is withdrawn.
    """
    if command.states("ticket_type"):
        return _stated(command.ticket_type, context)
    return _in_force(context, command.type_code, at, command.group)


def names_party(command: OpenTicket) -> bool:
    """Whether an opening says by itself where the ticket begins; a stated null is the intake."""
    return command.states("group") or command.states("agent")


def default_group(command: OpenTicket, context: Context, at: datetime) -> str | None:
    """The group in which a ticket of this type begins, whether or not it is there."""
    try:
        return opening_type(command, context, at).document.group
    except CommandRefused:
        # It is refused when it is decided.
        return None


def type_of(case: Case) -> TicketType:
    """The configuration of the type that the ticket has as of the command's time."""
    state, context = case.state, case.context
    code, since = state.attributes["type_code"].held(case.at)
    of = state.ticket_type
    if code == state.attributes["type_code"].entries[0][2]:
        return _numbered(of, context)
    chosen = _in_force(context, code, since, case.party.group)
    return _numbered(of, context) if chosen.of.id == of.id else chosen.document


def _stated(of: Of, context: Context) -> Chosen:
    if not of.version:
        return Chosen(of, SHIPPED)
    state = _state(of.id, context) if of.kind == NOUN else None
    version = None if state is None else state.numbered(of.version)
    facts = {"kind": of.kind, "id": of.id, "version": of.version}
    if version is None:
        published = 0 if state is None else state.published
        raise CommandRefused("version_unknown", {**facts, "published": published})
    if version.withdrawn:
        raise CommandRefused("version_withdrawn", facts)
    return Chosen(of, _document(version))


def _in_force(context: Context, code: str | None, at: datetime, group: str | None) -> Chosen:
    for name in (DEFAULT_TYPE,) if code is None else (code, DEFAULT_TYPE):
        state = _state(name, context)
        version = None if state is None else state.in_force(at, group, context.part)
        if state is not None and version is not None:
            of = Of.model_construct(kind=NOUN, id=name, version=version.number)
            variant = f"v{version.number}" if state.is_piloted(at, group) else None
            return Chosen(of, _document(version), variant)
    return _SHIPPED


def _numbered(of: Of, context: Context) -> TicketType:
    state = _state(of.id, context) if of.version else None
    version = None if state is None else state.numbered(of.version)
    return SHIPPED if version is None else _document(version)


def _state(name: str, context: Context) -> ConfigurationState | None:
    state: ConfigurationState | None = context.state_of(NOUN, name)
    return state


def _document(version: Version) -> TicketType:
    assert isinstance(version.document, TicketType), "a ticket-type stream holds ticket types"
    return version.document
