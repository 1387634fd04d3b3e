"""The rules of a group: who is in it is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered
from deskledger.domain.fields import FieldsChanged, SetFields, change_fields, filed_fields
from deskledger.domain.group.commands import (
    AddMember,
    CloseGroup,
    FormGroup,
    GroupCommand,
    RemoveMember,
)
from deskledger.domain.group.events import (
    GroupClosed,
    GroupEvent,
    GroupFormed,
    GroupMembersChanged,
    Member,
)
from deskledger.domain.group.state import GroupState
from deskledger.domain.moments import moment, refuse_existing, refuse_late, unknown_stream
from deskledger.domain.parties import check_agent, check_group
from deskledger.domain.timeline import Timeline


def decide(state: GroupState | None, command: GroupCommand, context: Context) -> list[GroupEvent]:
    """Form, change or close the group; an empty list when there is nothing to do.

    Raises:
        CommandRefused: it exists, does not, or is closed; the agent or group named is not one that
            it may have; its last member would go.
    """
    at = moment(state, command.occurred_at, context)
    if isinstance(command, FormGroup):
        refuse_existing(state, context)
        return [_formed(command, at, context)]
    if state is None:
        raise unknown_stream(context)
    if state.closed and isinstance(command, CloseGroup):
        return []
    if state.closed:
        facts = {"group": context.part, "successor": state.successor}
        raise CommandRefused("group_closed", facts)
    refuse_late(state, at, context)
    match command:
        case AddMember():
            return _add(state, command, at, context)
        case RemoveMember():
            return _remove(state, command, at, context)
        case CloseGroup():
            return [_closed(state, command, at, context)]
        case SetFields():
            return [*change_fields(state, command, at=at, by=command.by)]
        case _:
            assert_never(command)


def needs(state: GroupState | None, command: GroupCommand, context: Context) -> frozenset[str]:
    """Name the agents and groups that must be known.

    An import asks for none, but for the parent: a group is formed after the one above it, and is
    never moved, so no ring of parents can arise.
    """
    if isinstance(command, FormGroup):
        return frozenset() if command.parent is None else frozenset({f"group/{command.parent}"})
    if context.history:
        return frozenset()
    match command:
        case AddMember():
            return frozenset({f"agent/{command.agent}"})
        case RemoveMember():
            members = frozenset() if state is None else state.members
            return frozenset(f"agent/{member}" for member in members)
        case CloseGroup(successor=group) if group is not None:
            return frozenset({f"group/{group}"})
        case CloseGroup() | SetFields():
            return frozenset()
        case _:
            assert_never(command)


def _formed(command: FormGroup, at: datetime, context: Context) -> GroupFormed:
    if command.parent is not None:
        _check_parent(command.parent, context)
    return GroupFormed(
        occurred_at=at,
        by=command.by,
        names=command.names,
        calendar=command.calendar,
        parent=command.parent,
        restricted=command.restricted,
    )


def _check_parent(parent: str, context: Context) -> None:
    """Refuse the group itself, and one that is not known or is closed.

    An import may tell of a parent that has been closed since.
    """
    _refuse_itself(parent, context)
    if not context.history or context.state_of("group", parent) is None:
        check_group(parent, context)


def _check_successor(successor: str, context: Context) -> None:
    """Refuse the group itself, and one that is not known or is closed."""
    _refuse_itself(successor, context)
    if not context.history:
        check_group(successor, context)


def _refuse_itself(group: str, context: Context) -> None:
    if group == context.part:
        raise CommandRefused("link_to_itself", {"group": group})


def _add(state: GroupState, command: AddMember, at: datetime, context: Context) -> list[GroupEvent]:
    member = Member(agent=command.agent, lead=command.lead)
    if _member(state.membership, command.agent, at) == member:
        return []
    if not context.history:
        check_agent(command.agent, context)
    return [GroupMembersChanged(occurred_at=at, by=command.by, added=(member,), removed=())]


def _remove(
    state: GroupState, command: RemoveMember, at: datetime, context: Context
) -> list[GroupEvent]:
    if _member(state.membership, command.agent, at) is None:
        return []
    if not context.history and _is_last(state, command.agent, context):
        raise CommandRefused("last_member", {"group": context.part, "agent": command.agent})
    removed = (command.agent,)
    return [GroupMembersChanged(occurred_at=at, by=command.by, added=(), removed=removed)]


def _is_last(state: GroupState, agent: str, context: Context) -> bool:
    """Whether nobody else is in the group; who has left the desk counts for nobody."""
    known = {one: context.state_of("agent", one) for one in state.members}
    return {one for one, found in known.items() if found is None or not found.left} == {agent}


def _member(
    membership: Mapping[str, Timeline[Member | None]], agent: str, at: datetime
) -> Member | None:
    held = membership.get(agent)
    return None if held is None else held.held(at)[0]


def _closed(state: GroupState, command: CloseGroup, at: datetime, context: Context) -> GroupClosed:
    if command.successor is not None:
        _check_successor(command.successor, context)
    elif state.members and not context.history:
        raise CommandRefused("last_member", {"group": context.part})
    return GroupClosed(occurred_at=at, by=command.by, successor=command.successor)


def evolve(state: GroupState | None, event: GroupEvent, version: int) -> GroupState:
    """Give the group after one more event; it cannot fail."""
    if state is None:
        return _begun(event, version)
    if isinstance(event, CommandAnswered):
        return replace(state, version=version)
    latest_at = max(state.latest_at, event.occurred_at)
    return replace(state, version=version, latest_at=latest_at, **_changes(state, event, version))


def _changes(state: GroupState, event: GroupEvent, version: int) -> dict[str, Any]:
    match event:
        case GroupMembersChanged():
            return {"membership": _membership(state, event, version)}
        case GroupClosed():
            return {"closed": True, "successor": event.successor}
        case FieldsChanged():
            return filed_fields(state, event, version)
        case GroupFormed() | CommandAnswered():
            return {}
        case _:
            assert_never(event)


def _membership(
    state: GroupState, event: GroupMembersChanged, version: int
) -> Mapping[str, Timeline[Member | None]]:
    membership = dict(state.membership)
    changes: dict[str, Member | None] = {member.agent: member for member in event.added}
    changes |= dict.fromkeys(event.removed)
    for agent, member in changes.items():
        nobody = Timeline[Member | None].begun(state.began_at, 0, None)
        known = membership.get(agent, nobody)
        membership[agent] = known.filed(event.occurred_at, version, member)
    return membership


def _begun(event: GroupEvent, version: int) -> GroupState:
    if not isinstance(event, GroupFormed):
        raise TypeError("a group's first event forms it")
    at = event.occurred_at
    return GroupState(version, at, at, membership={}, fields={}, personal_fields={})
