"""Looking up groups."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.group.naming import GroupName, group_stream
from deskledger.app.cli.ledger.story import story
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names, named
from deskledger.app.cli.shown.sheets import (
    field_values,
    present_fields,
    present_personal,
    show_sheet,
)
from deskledger.app.cli.shown.telling import Teller
from deskledger.domain.group.events import GroupFormed, Member
from deskledger.domain.group.state import GroupState
from deskledger.eventlog.writing.streams import Loaded


@command
def show(session: Session, group: GroupName) -> None:
    """Show a group."""
    loaded = session.desk.writer.streams.load(group_stream(group))
    if loaded.state is None:
        raise lookup.unknown("group", group)
    shown = _object(session, loaded)
    if session.as_json:
        session.answer(shown)
        return
    state, teller = loaded.state, Teller(session)
    sheet = {
        "names": session.say("list.part").join(
            f"{tag}={text}" for tag, text in shown["names"].items()
        ),
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
    headers = [session.say(f"column.{name}") for name in ("id", "name", "parent", "members")]
    session.tell(draw(headers, [_row(session, one) for one in found]))


def _members(state: GroupState) -> tuple[Member, ...]:
    held = (timeline.present for timeline in state.membership.values())
    return tuple(member for member in held if member is not None)


def formed(session: Session, stream: str) -> GroupFormed:
    """How the group was formed: what it was given then never changes."""
    event = story(session.desk, stream)[0].event
    assert isinstance(event, GroupFormed)
    return event


def _object(session: Session, loaded: Loaded) -> dict[str, Any]:
    state: GroupState = loaded.state
    first = formed(session, loaded.stream)
    return {
        "number": loaded.number,
        "id": lookup.part(loaded.stream),
        "version": loaded.version,
        "names": first.names,
        "members": [member.model_dump() for member in _members(state)],
        "parent": first.parent,
        "calendar": first.calendar,
        "restricted": first.restricted,
        "fields": present_fields(state),
        "personal_fields": present_personal(state),
        "formed_at": state.began_at,
        "closed": state.closed,
        "successor": state.successor,
    }


def _row(session: Session, loaded: Loaded) -> list[str]:
    names = Names(session.desk, session.language)
    members = session.say("list.part").join(
        names.agent(member.agent) for member in _members(loaded.state)
    )
    closed = f" ({session.say('closed')})" if loaded.state.closed else ""
    first = formed(session, loaded.stream)
    name = named(first, session.language)
    return [lookup.part(loaded.stream), name + closed, first.parent or "", members]
