"""Looking up agents."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.agent.naming import AgentName, agent_stream
from deskledger.app.cli.agent.presence import presence
from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.sheets import (
    field_values,
    present_fields,
    present_personal,
    show_sheet,
)
from deskledger.app.cli.shown.telling import Teller
from deskledger.domain.agent.state import AgentState
from deskledger.eventlog.writing.streams import Loaded


@command
def show(session: Session, agent: AgentName) -> None:
    """Show an agent."""
    stream = agent_stream(session, agent)
    loaded = session.desk.writer.streams.load(stream)
    if session.as_json:
        session.answer(_object(loaded) | {"availability": presence(session, lookup.part(stream))})
        return
    state, teller = loaded.state, Teller(session)
    profile = {name: teller.value(name, held.present) for name, held in state.profile.items()}
    shown = {
        **field_values(teller, state),
        **profile,
        "availability": _told(session, teller, presence(session, lookup.part(stream))),
        "left": session.say("yes") if state.left else None,
        "successor": state.successor and teller.value("successor", state.successor),
        "version": str(state.version),
        "id": lookup.part(stream),
    }
    show_sheet(session, session.say("noun.agent", name=loaded.number), shown)


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


def _told(session: Session, teller: Teller, present: dict[str, Any]) -> str:
    state = session.code("availability", present["availability"])
    channels = (teller.value("channels", one) for one in present["channels"] or ())
    return session.say("list.part").join((state, *channels))


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
    roles = session.say("list.part").join([*state.profile["roles"].present, *left])
    named = [str(personal.get(name, "")) for name in ("name", "email")]
    return [str(loaded.number), *named, roles]
