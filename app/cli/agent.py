"""Adding, changing and looking up agents."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change, command
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.session import Session
from deskledger.app.cli.sheets import field_values, present_fields, present_personal, show_sheet
from deskledger.app.cli.tables import draw
from deskledger.app.cli.telling import Teller
from deskledger.domain.agent.commands import (
    AddAgent,
    ChangeLimits,
    ChangeRoles,
    ChangeSkills,
    RemoveAgent,
)
from deskledger.domain.agent.state import AgentState
from deskledger.domain.fields import SetFields
from deskledger.eventlog.streams import Loaded

app = noun_app()

Name = Annotated[str, typer.Argument(metavar="AGENT", help="Number, id, name or email.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="What they may do.")]
Skills = Annotated[
    list[str] | None, typer.Option("--skill", metavar="SKILL[:LEVEL]", help="What they can do.")
]
Spoken = Annotated[list[str] | None, typer.Option("--speaks", metavar="TAG", help="As zh.")]
Limits = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="CHANNEL:COUNT", help="Most tickets at a time; or all:COUNT."),
]


@app.command()
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


@app.command("roles")
@change
def change_roles(
    act: Changing,
    agent: Name,
    roles: Annotated[list[str] | None, typer.Argument(metavar="ROLE")] = None,
) -> None:
    """Set what the agent may do; no role takes all away."""
    act.execute(_stream(act, agent), ChangeRoles, roles=tuple(roles or ()))


@app.command("skills")
@change
def change_skills(
    act: Changing, agent: Name, *, skills: Skills = None, speaks: Spoken = None
) -> None:
    """Set what the agent can do, and the languages spoken; what is not stated stays."""
    languages = values.listed(speaks)
    act.execute(_stream(act, agent), ChangeSkills, skills=_skills(skills), languages=languages)


@app.command("limits")
@change
def change_limits(
    act: Changing,
    agent: Name,
    limits: Annotated[list[str] | None, typer.Argument(metavar="CHANNEL:COUNT")] = None,
) -> None:
    """Set how many tickets the agent works on at a time; nothing stated means no limits."""
    act.execute(_stream(act, agent), ChangeLimits, limits=_limits(limits) or {})


@app.command("fields")
@change
def set_fields(
    act: Changing,
    agent: Name,
    plain: Annotated[list[str] | None, typer.Argument(metavar="NAME=TEXT")] = None,
    *,
    personal: Annotated[
        list[str] | None, typer.Option(metavar="NAME=TEXT", help="As name=Wang, email=…")
    ] = None,
) -> None:
    """Set fields of the agent; an empty text clears one."""
    act.execute(
        _stream(act, agent),
        SetFields,
        fields=values.fields(plain, clear=True),
        personal_fields=values.fields(personal, clear=True),
    )


@app.command()
@change
def leave(
    act: Changing,
    agent: Name,
    *,
    successor: Annotated[
        str | None, typer.Option(metavar="AGENT|GROUP", help="Who goes on with the work.")
    ] = None,
) -> None:
    """Let the agent leave the desk; nothing can be assigned to them afterwards."""
    act.execute(_stream(act, agent), RemoveAgent, successor=_successor(act, successor))


@app.command()
@command
def show(session: Session, agent: Name) -> None:
    """Show an agent."""
    stream = _stream(session, agent)
    loaded = session.desk.writer.streams.load(stream)
    if session.as_json:
        session.answer(_object(loaded))
        return
    state, teller = loaded.state, Teller(session)
    profile = {name: teller.value("", held.present) for name, held in state.profile.items()}
    shown = {
        **field_values(teller, state),
        **profile,
        "left": session.say("yes") if state.left else None,
        "successor": state.successor and teller.value("successor", state.successor),
        "version": str(state.version),
        "id": lookup.part(stream),
    }
    show_sheet(session, session.say("noun.agent", name=loaded.number), shown)


@app.command("list")
@command
def list_agents(
    session: Session,
    *,
    everybody: Annotated[bool, typer.Option("--all", help="Those who left, too.")] = False,
) -> None:
    """List the agents, read from the ledger itself."""
    streams = session.desk.writer.streams
    loaded = [streams.load(stream) for stream in lookup.every(session.desk, "agent")]
    found = [one for one in loaded if everybody or not one.state.left]
    if session.as_json:
        session.answer({"agents": [_object(one) for one in found]})
        return
    headers = [session.say(f"column.{name}") for name in ("number", "name", "email", "roles")]
    session.tell(draw(headers, [_row(session, one) for one in found], right=(0,)))


def _stream(session: Session, agent: str) -> str:
    return f"agent/{lookup.agent(session.desk, agent)}"


def _successor(session: Session, stated: str | None) -> str | None:
    """An agent or a group; a group is named by its id."""
    if stated is None or session.desk.ledger.number_of(f"group/{lookup.group(stated)}"):
        return stated and lookup.group(stated)
    return lookup.agent(session.desk, stated)


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


def _object(loaded: Loaded) -> dict[str, Any]:
    state: AgentState = loaded.state
    return {
        "number": loaded.number,
        "id": lookup.part(loaded.stream),
        "version": loaded.version,
        "fields": present_fields(state),
        "personal_fields": present_personal(state),
        "roles": state.profile["roles"].present,
        "skills": [skill.model_dump() for skill in state.profile["skills"].present],
        "languages": state.profile["languages"].present,
        "limits": state.profile["limits"].present,
        "joined_at": state.began_at,
        "left": state.left,
        "successor": state.successor,
    }


def _row(session: Session, loaded: Loaded) -> list[str]:
    state: AgentState = loaded.state
    personal = present_personal(state)
    left = [session.say("left")] if state.left else []
    roles = ", ".join([*state.profile["roles"].present, *left])
    named = [str(personal.get(name, "")) for name in ("name", "email")]
    return [str(loaded.number), *named, roles]
