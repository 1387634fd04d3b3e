"""The rules of a configuration, the same for every kind."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from deskledger.domain.configuration.codes import DESK_STREAM, check_code, desk_in_force
from deskledger.domain.configuration.commands import ConfigurationCommand, Publish, Withdraw
from deskledger.domain.configuration.desk_calendar import (
    calendar_needs,
    check_calendar,
    check_withdrawal,
    withdrawal_needs,
)
from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.documents import KINDS, TICKET_TYPE, Kind
from deskledger.domain.configuration.events import ConfigurationEvent, Published, Withdrawn
from deskledger.domain.configuration.state import ConfigurationState, Version
from deskledger.domain.configuration.ticket_type import DEFAULT_TYPE
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.domain.events import CommandAnswered
from deskledger.domain.moments import moment, refuse_late, unknown_stream
from deskledger.domain.parties import check_party


def decide(
    state: ConfigurationState | None, command: ConfigurationCommand, context: Context
) -> list[ConfigurationEvent]:
    """Publish the next version or withdraw one; an empty list when that is nothing to do.

    Raises:
        CommandRefused: the actor may not, another version was published meanwhile, or nothing
            would be left in force where something must be.
        InvalidInput: the document is not valid for its kind; nothing is decided.
    """
    kind = kind_of(context.stream)
    at = moment(state, command.occurred_at, context)
    match command:
        case Publish():
            document = kind.checked(command.document)
            _check_permitted(state, document, context)
            _check_scope(kind, command)
            _check_type(kind, context)
            check_calendar(document, context)
            for party in _parties(command, document):
                check_party(party, context)
            if state is not None:
                refuse_late(state, at, context)
            return _publish(state, command, document, at)
        case Withdraw():
            if state is None:
                raise unknown_stream(context)
            _check_permitted(state, None, context)
            return _withdraw(kind, state, command, at, context)
        case _:
            assert_never(command)


def needs(
    _state: ConfigurationState | None, command: ConfigurationCommand, context: Context
) -> frozenset[str]:
    """Name the groups and agents that a document names; none where the document is not valid.

    A type of ticket must be one of those that the desk lists, and the desk's calendar one of those
    that are published, also once a version of either is withdrawn.
    """
    if not isinstance(command, Publish):
        return withdrawal_needs(context.stream)
    try:
        document = kind_of(context.stream).checked(command.document)
    except InvalidInput:
        return frozenset()
    lists = (DESK_STREAM,) if kind_of(context.stream) is TICKET_TYPE else ()
    return _parties(command, document).union(lists, calendar_needs(document))


def _check_type(kind: Kind, context: Context) -> None:
    """Refuse a type of ticket that the desk does not list, which no ticket could ever have."""
    document = desk_in_force(context) if kind is TICKET_TYPE else None
    if document is not None:
        check_code(document, "types", context.part, what=kind.noun, given={DEFAULT_TYPE})


def _parties(command: Publish, document: Document) -> frozenset[str]:
    groups = command.scope.groups if command.scope is not None else None
    return document.parties | {f"group/{group}" for group in groups or ()}


def kind_of(stream: str) -> Kind:
    """The kind of configuration of a stream."""
    return KINDS[stream.partition("/")[0]]


def _check_permitted(
    state: ConfigurationState | None, document: Document | None, context: Context
) -> None:
    """Refuse whoever has not the right to configure, and does not change what is their own."""
    if context.configures or context.actor.kind == "system":
        return
    documents = [document] if document is not None else []
    if state is not None and state.versions:
        documents.append(state.versions[-1].document)
    agent = context.acting_agent
    is_everybodys = context.part in kind_of(context.stream).shipped
    if agent is None or is_everybodys or any(one.owner != agent for one in documents):
        raise CommandRefused("not_permitted", {"needs": "admin"})


def _check_scope(kind: Kind, command: Publish) -> None:
    if command.scope is not None and not kind.scoped:
        raise InvalidInput(f"A configuration of kind {kind.noun} is for everybody; state no scope.")


def _publish(
    state: ConfigurationState | None, command: Publish, document: Document, at: datetime
) -> list[ConfigurationEvent]:
    versions = () if state is None else state.versions
    standing = next((one for one in reversed(versions) if not one.withdrawn), None)
    if standing is not None and (standing.document, standing.scope) == (document, command.scope):
        return []
    published = 0 if state is None else state.published
    if command.replaces is not None and command.replaces != published:
        raise CommandRefused(
            "version_changed", {"replaces": command.replaces, "published": published}
        )
    event = Published(
        occurred_at=at,
        by=command.by,
        version=published + 1,
        document=document.written(),
        scope=command.scope,
        note=command.note,
    )
    return [event]


def _withdraw(
    kind: Kind, state: ConfigurationState, command: Withdraw, at: datetime, context: Context
) -> list[ConfigurationEvent]:
    refuse_late(state, at, context)
    version = state.numbered(command.version)
    if version is None:
        facts = {"kind": kind.noun, "version": command.version, "published": state.published}
        raise CommandRefused("version_unknown", facts)
    if version.withdrawn:
        return []
    others = [one for one in state.versions if not one.withdrawn and one is not version]
    if kind.indispensable and not others:
        raise CommandRefused("last_version", {"version": command.version})
    check_withdrawal(state, version, context)
    return [Withdrawn(occurred_at=at, by=command.by, version=command.version)]


def evolve(
    kind: Kind, state: ConfigurationState | None, event: ConfigurationEvent, version: int
) -> ConfigurationState:
    """Give the configuration after one more event.

    Raises:
        NewerDocument: newer software wrote the document; like an event that is not known.
    """
    at = event.occurred_at
    known = state or ConfigurationState(version, at, at, (), None)
    match event:
        case Published():
            document = kind.read(event.document)
            added = Version(event.version, document, event.scope, event.note, published_at=at)
            versions = (*known.versions, added)
        case Withdrawn():
            versions = tuple(
                one._replace(withdrawn_at=at) if one.number == event.version else one
                for one in known.versions
            )
        case CommandAnswered():
            return known._replace(version=version)
        case _:
            assert_never(event)
    in_force = (one for one in reversed(versions) if not one.withdrawn and one.scope is None)
    latest_at = max(known.latest_at, at)
    return ConfigurationState(version, known.began_at, latest_at, versions, next(in_force, None))
