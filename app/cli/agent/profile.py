"""Letting people join the desk's side, changing what they may and can do, letting them leave."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.agent.naming import AgentName, agent_stream
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.session import Session
from deskledger.domain.agent.commands import (
    AddAgent,
    ChangeLimits,
    ChangeRoles,
    ChangeSkills,
    RemoveAgent,
)
from deskledger.domain.fields import SetFields

Roles = Annotated[list[str] | None, typer.Option("--role", help="What they may do.")]
Skills = Annotated[
    list[str] | None, typer.Option("--skill", metavar="SKILL[:LEVEL]", help="What they can do.")
]
Spoken = Annotated[list[str] | None, typer.Option("--speaks", metavar="TAG", help="As zh.")]
Limits = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="CHANNEL:COUNT", help="Most tickets at a time; or all:COUNT."),
]


@change
def add(
    act: Changing,
    name: Annotated[str, typer.Argument(help="What people call them.")],
    *,
    email: Annotated[str | None, typer.Option(help="Their address.")] = None,
    roles: Roles = None,
    skills: Skills = None,
    speaks: Spoken = None,
    limits: Limits = None,
    zone: Annotated[str | None, typer.Option(help="IANA name of their zone.")] = None,
) -> None:
    """Let a person join the desk's side."""
    act.execute(
        None,
        AddAgent,
        personal_fields={"name": name} | ({"email": email} if email else {}),
        roles=values.listed(roles),
        skills=_skills(skills),
        languages=values.listed(speaks),
        limits=_limits(limits),
        zone=zone,
    )


@change
def change_roles(
    act: Changing,
    agent: AgentName,
    roles: Annotated[list[str] | None, typer.Argument(metavar="ROLE")] = None,
) -> None:
    """Set what the agent may do; no role takes all away."""
    act.execute(agent_stream(act, agent), ChangeRoles, roles=tuple(roles or ()))


@change
def change_skills(
    act: Changing, agent: AgentName, *, skills: Skills = None, speaks: Spoken = None
) -> None:
    """Set what the agent can do, and the languages spoken; what is not stated stays."""
    languages = values.listed(speaks)
    act.execute(agent_stream(act, agent), ChangeSkills, skills=_skills(skills), languages=languages)


@change
def change_limits(
    act: Changing,
    agent: AgentName,
    limits: Annotated[list[str] | None, typer.Argument(metavar="CHANNEL:COUNT")] = None,
) -> None:
    """Set how many tickets the agent works on at a time; nothing stated means no limits."""
    act.execute(agent_stream(act, agent), ChangeLimits, limits=_limits(limits) or {})


@change
def set_fields(
    act: Changing,
    agent: AgentName,
    plain: Annotated[list[str] | None, typer.Argument(metavar="NAME=TEXT")] = None,
    *,
    personal: Annotated[
        list[str] | None, typer.Option(metavar="NAME=TEXT", help="As name=Wang, email=…")
    ] = None,
) -> None:
    """Set fields of the agent; an empty text clears one."""
    act.execute(
        agent_stream(act, agent),
        SetFields,
        fields=values.fields(plain, clear=True),
        personal_fields=values.fields(personal, clear=True),
    )


@change
def leave(
    act: Changing,
    agent: AgentName,
    *,
    successor: Annotated[
        str | None, typer.Option(metavar="AGENT|GROUP", help="Who goes on with the work.")
    ] = None,
) -> None:
    """Let the agent leave the desk; nothing can be assigned to them afterwards."""
    act.execute(agent_stream(act, agent), RemoveAgent, successor=_successor(act, successor))


def _successor(session: Session, stated: str | None) -> str | None:
    """An agent or a group; a group is named by its id."""
    return stated and lookup.part(lookup.agent_or_group(session.desk, stated))


def _skills(stated: list[str] | None) -> tuple[dict[str, Any], ...] | None:
    """Skills from `skill:level`; a skill alone has level 1."""
    if stated is None:
        return None
    parts = (one.partition(":") for one in stated)
    return tuple({"skill": skill, "level": values.count(level or "1")} for skill, _, level in parts)


def _limits(stated: list[str] | None) -> dict[str, int] | None:
    if stated is None:
        return None
    pairs = (values.pair(one, ":", "CHANNEL:COUNT") for one in stated)
    return {channel: values.count(most) for channel, most in pairs}
