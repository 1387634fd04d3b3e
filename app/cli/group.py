"""Forming, changing and looking up groups."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change, command
from deskledger.app.cli.names import Names, named
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.session import Session
from deskledger.app.cli.sheets import field_values, present_fields, present_personal, show_sheet
from deskledger.app.cli.story import story
from deskledger.app.cli.tables import draw
from deskledger.app.cli.telling import Teller
from deskledger.domain.fields import SetFields
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup, RemoveMember
from deskledger.domain.group.events import GroupFormed, Member
from deskledger.domain.group.state import GroupState
from deskledger.eventlog.streams import Loaded

app = noun_app()

Name = Annotated[str, typer.Argument(metavar="GROUP", help="Its id, such as first-line.")]
Agent = Annotated[str, typer.Argument(metavar="AGENT", help="Number, id, name or email.")]


@app.command()
@change
def form(
    act: Changing,
    group: Name,
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
        _stream(group),
        FormGroup,
        names=names,
        calendar=calendar,
        parent=lookup.group(parent) if parent else None,
        restricted=restricted or None,
    )


@app.command("add-member")
@change
def add_member(
    act: Changing,
    group: Name,
    agent: Agent,
    *,
    lead: Annotated[bool, typer.Option("--lead", help="They lead it.")] = False,
) -> None:
    """Let an agent into the group, or change whether they lead it."""
    act.execute(_stream(group), AddMember, agent=lookup.agent(act.desk, agent), lead=lead)


@app.command("remove-member")
@change
def remove_member(act: Changing, group: Name, agent: Agent) -> None:
    """Take an agent out of the group."""
    act.execute(_stream(group), RemoveMember, agent=lookup.agent(act.desk, agent))


@app.command()
@change
def close(
    act: Changing,
    group: Name,
    *,
    successor: Annotated[
        str | None, typer.Option(metavar="GROUP", help="The group that takes its queue.")
    ] = None,
) -> None:
    """Close the group and name the one that takes its queue."""
    successor = lookup.group(successor) if successor else None
    act.execute(_stream(group), CloseGroup, successor=successor)


@app.command("fields")
@change
def set_fields(
    act: Changing,
    group: Name,
    plain: Annotated[list[str], typer.Argument(metavar="NAME=TEXT")],
) -> None:
    """Set fields of the group; an empty text clears one."""
    act.execute(_stream(group), SetFields, fields=values.fields(plain, clear=True))


@app.command()
@command
def show(session: Session, group: Name) -> None:
    """Show a group."""
    loaded = session.desk.writer.streams.load(_stream(group))
    if loaded.state is None:
        raise lookup.unknown("group", group)
    shown = _object(session, loaded)
    if session.as_json:
        session.answer(shown)
        return
    state, teller = loaded.state, Teller(session)
    sheet = {
        "names": ", ".join(f"{tag}={text}" for tag, text in shown["names"].items()),
        "members": teller.value("", _members(state)),
        "parent": shown["parent"],
        "calendar": shown["calendar"],
        "restricted": session.say("yes") if shown["restricted"] else None,
        "closed": session.say("yes") if state.closed else None,
        "successor": state.successor,
        **field_values(teller, state),
        "version": str(state.version),
    }
    show_sheet(session, session.say("noun.group", name=group), sheet)


@app.command("list")
@command
def list_groups(
    session: Session,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Closed groups, too.")] = False,
) -> None:
    """List the groups, read from the ledger itself."""
    streams = session.desk.writer.streams
    loaded = [streams.load(stream) for stream in lookup.every(session.desk, "group")]
    found = [one for one in loaded if everything or not one.state.closed]
    if session.as_json:
        session.answer({"groups": [_object(session, one) for one in found]})
        return
    headers = [session.say(f"column.{name}") for name in ("id", "name", "members")]
    session.tell(draw(headers, [_row(session, one) for one in found]))


def _stream(group: str) -> str:
    return f"group/{lookup.group(group)}"


def _members(state: GroupState) -> tuple[Member, ...]:
    held = (timeline.present for timeline in state.membership.values())
    return tuple(member for member in held if member is not None)


def _formed(session: Session, stream: str) -> GroupFormed:
    """How the group was formed: what it was given then never changes."""
    event = story(session.desk, stream)[0].event
    assert isinstance(event, GroupFormed)
    return event


def _object(session: Session, loaded: Loaded) -> dict[str, Any]:
    state: GroupState = loaded.state
    formed = _formed(session, loaded.stream)
    return {
        "number": loaded.number,
        "id": lookup.part(loaded.stream),
        "version": loaded.version,
        "names": formed.names,
        "members": [member.model_dump() for member in _members(state)],
        "parent": formed.parent,
        "calendar": formed.calendar,
        "restricted": formed.restricted,
        "fields": present_fields(state),
        "personal_fields": present_personal(state),
        "formed_at": state.began_at,
        "closed": state.closed,
        "successor": state.successor,
    }


def _row(session: Session, loaded: Loaded) -> list[str]:
    names = Names(session.desk, session.language)
    members = ", ".join(names.agent(member.agent) for member in _members(loaded.state))
    closed = f" ({session.say('closed')})" if loaded.state.closed else ""
    name = named(_formed(session, loaded.stream), session.language)
    return [lookup.part(loaded.stream), name + closed, members]
