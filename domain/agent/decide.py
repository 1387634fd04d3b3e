"""The rules of an agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from deskledger.domain.agent.commands import (
    AddAgent,
    AgentCommand,
    ChangeLimits,
    ChangeRoles,
    ChangeSkills,
    ProfileCommand,
    RemoveAgent,
)
from deskledger.domain.agent.events import (
    AgentEvent,
    AgentJoined,
    AgentLeft,
    AgentProfileChanged,
    Languages,
    Limits,
    Roles,
    Skills,
)
from deskledger.domain.agent.state import AgentState
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered
from deskledger.domain.fields import (
    FieldsChanged,
    SetFields,
    begun_fields,
    change_fields,
    filed_fields,
)
from deskledger.domain.moments import moment, refuse_existing, refuse_late, unknown_stream
from deskledger.domain.parties import check_successor
from deskledger.domain.people_codes import check_people_codes, configuration_needed
from deskledger.domain.shapes import Change
from deskledger.domain.timeline import Timeline

_SHAPES: dict[str, type[Change[Any]]] = {
    "roles": Change[Roles],
    "skills": Change[Skills],
    "languages": Change[Languages],
    "limits": Change[Limits],
}


def decide(state: AgentState | None, command: AgentCommand, context: Context) -> list[AgentEvent]:
    """Let an agent join, change or leave; an empty list when there is nothing to do.

    Raises:
        CommandRefused: the agent exists, does not, or has left, or the successor is not known.
    """
    at = moment(state, command.occurred_at, context)
    if isinstance(command, AddAgent):
        refuse_existing(state, context)
        joined = _joined(command, at)
        check_people_codes(command, [joined], context)
        return [joined]
    if state is None:
        raise unknown_stream(context)
    if state.left and isinstance(command, RemoveAgent):
        return []
    if state.left:
        facts = {"agent": context.part, "successor": state.successor}
        raise CommandRefused("agent_left", facts)
    refuse_late(state, at, context)
    match command:
        case ChangeRoles() | ChangeSkills() | ChangeLimits():
            changed = _changed(state, command, at)
            check_people_codes(command, changed, context)
            return changed
        case RemoveAgent():
            return [_left(command, at, context)]
        case SetFields():
            return [*change_fields(state, command, at=at, by=command.by)]
        case _:
            assert_never(command)


def needs(_state: AgentState | None, command: AgentCommand, context: Context) -> frozenset[str]:
    """A successor may be an agent or a group, so both are looked for; an import asks for none."""
    if context.history or not isinstance(command, RemoveAgent) or command.successor is None:
        return configuration_needed(command, context)
    return frozenset({f"agent/{command.successor}", f"group/{command.successor}"})


def _joined(command: AddAgent, at: datetime) -> AgentJoined:
    return AgentJoined(
        occurred_at=at,
        by=command.by,
        personal_fields=command.personal_fields or None,
        roles=command.roles,
        skills=command.skills,
        languages=command.languages,
        limits=command.limits,
        zone=command.zone,
    )


def _changed(state: AgentState, command: ProfileCommand, at: datetime) -> list[AgentEvent]:
    changes: dict[str, Change[Any] | None] = {}
    for name, shape in _SHAPES.items():
        before, since = state.profile[name].held(at)
        after = getattr(command, name) if command.states(name) else before
        changed = before != after
        changes[name] = shape(before=before, after=after, since=since) if changed else None
    if not any(changes.values()):
        return []
    return [AgentProfileChanged(occurred_at=at, by=command.by, **changes)]


def _left(command: RemoveAgent, at: datetime, context: Context) -> AgentLeft:
    if command.successor is not None and not context.history:
        if command.successor == context.part:
            raise CommandRefused("link_to_itself", {"agent": command.successor})
        check_successor(command.successor, context)
    return AgentLeft(occurred_at=at, by=command.by, successor=command.successor)


def evolve(state: AgentState | None, event: AgentEvent, version: int) -> AgentState:
    """Give the agent after one more event; it cannot fail."""
    if state is None:
        return _begun(event, version)
    if isinstance(event, CommandAnswered):
        return replace(state, version=version)
    latest_at = max(state.latest_at, event.occurred_at)
    return replace(state, version=version, latest_at=latest_at, **_changes(state, event, version))


def _changes(state: AgentState, event: AgentEvent, version: int) -> dict[str, Any]:
    match event:
        case AgentProfileChanged(occurred_at=at):
            profile = dict(state.profile)
            for name in _SHAPES:
                change: Change[Any] | None = getattr(event, name)
                if change is not None:
                    profile[name] = profile[name].filed(at, version, change.after)
            return {"profile": profile}
        case AgentLeft():
            return {"left": True, "successor": event.successor}
        case FieldsChanged():
            return filed_fields(state, event, version)
        case AgentJoined() | CommandAnswered():
            return {}
        case _:
            assert_never(event)


def _begun(event: AgentEvent, version: int) -> AgentState:
    if not isinstance(event, AgentJoined):
        raise TypeError("an agent's first event is the joining")
    at = event.occurred_at
    return AgentState(
        version=version,
        began_at=at,
        latest_at=at,
        profile={name: Timeline.begun(at, version, getattr(event, name)) for name in _SHAPES},
        fields={},
        personal_fields=begun_fields(event.personal_fields, at, version),
    )
