"""Forming and closing groups, and who is in them."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.agent.naming import AgentName
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.group.naming import GroupName, group_stream
from deskledger.domain.fields import SetFields
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup, RemoveMember


@change
def form(
    act: Changing,
    group: GroupName,
    *,
    name: Annotated[
        list[str], typer.Option(metavar="TAG=TEXT", help='As en="First line", zh=一线.')
    ],
    calendar: Annotated[str | None, typer.Option(help="Its business hours.")] = None,
    parent: Annotated[str | None, typer.Option(metavar="GROUP", help="Above it.")] = None,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="Only members see its tickets.")
    ] = False,
) -> None:
    """Form a group, with a name in one language or more."""
    names = dict(values.pair(one, "=", "TAG=TEXT, as zh=一线") for one in name)
    act.execute(
        group_stream(group),
        FormGroup,
        names=names,
        calendar=calendar,
        parent=lookup.group(parent) if parent else None,
        restricted=restricted or None,
    )


@change
def add_member(
    act: Changing,
    group: GroupName,
    agent: AgentName,
    *,
    lead: Annotated[bool, typer.Option("--lead", help="They lead it.")] = False,
) -> None:
    """Let an agent into the group, or change whether they lead it."""
    act.execute(group_stream(group), AddMember, agent=lookup.agent(act.desk, agent), lead=lead)


@change
def lead(
    act: Changing,
    group: GroupName,
    agent: AgentName,
    *,
    no_longer: Annotated[bool, typer.Option("--no-longer", help="They no longer lead it.")] = False,
) -> None:
    """Let an agent lead the group, or no longer; who was no member becomes one."""
    member = lookup.agent(act.desk, agent)
    act.execute(group_stream(group), AddMember, agent=member, lead=not no_longer)


@change
def remove_member(act: Changing, group: GroupName, agent: AgentName) -> None:
    """Take an agent out of the group."""
    act.execute(group_stream(group), RemoveMember, agent=lookup.agent(act.desk, agent))


@change
def close(
    act: Changing,
    group: GroupName,
    *,
    successor: Annotated[
        str | None, typer.Option(metavar="GROUP", help="The group that takes its queue.")
    ] = None,
) -> None:
    """Close the group and name the one that takes its queue."""
    successor = lookup.group(successor) if successor else None
    act.execute(group_stream(group), CloseGroup, successor=successor)


@change
def set_fields(
    act: Changing,
    group: GroupName,
    plain: Annotated[list[str], typer.Argument(metavar="NAME=TEXT")],
) -> None:
    """Set fields of the group; an empty text clears one."""
    act.execute(group_stream(group), SetFields, fields=values.fields(plain, clear=True))
