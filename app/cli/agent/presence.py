"""Whether agents take work."""

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.agent.naming import AgentName
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.session import Session
from deskledger.app.cli.ticket import options
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.months import availability_stream, earlier_streams
from deskledger.domain.availability.presence import CARRIED_MONTHS_MAX


@change
def availability(
    act: Changing,
    agent: AgentName,
    state: Annotated[
        Literal["available", "busy", "away", "offline"], typer.Argument(help="What they are.")
    ],
    *,
    channel: Annotated[
        list[str] | None, typer.Option(help="Only through this channel; else through all.")
    ] = None,
    planned: Annotated[bool, typer.Option("--planned", help="So the rota says.")] = False,
    reason: options.Reason = None,
) -> None:
    """Say whether an agent takes work, and through which channels."""
    at = act.at or act.desk.clock()
    act.execute(
        availability_stream(lookup.agent(act.desk, agent), at),
        SetAvailability,
        availability=state,
        channels=values.listed(channel),
        planned=planned or None,
        reason=reason,
    )


def presence(session: Session, agent: str) -> dict[str, Any]:
    """Whether an agent takes work now, through which channels, and since when."""
    now: datetime = session.desk.clock()
    stream = availability_stream(agent, now)
    for month in (stream, *earlier_streams(stream, CARRIED_MONTHS_MAX)):
        state = session.desk.writer.streams.load(month).state
        if state is not None and state.speaks_of(now):
            present, since = state.availability.held(now)
            channels = state.channels.held(now)[0]
            return {"availability": present, "channels": channels, "since": since}
    return {"availability": "offline", "channels": None, "since": None}
