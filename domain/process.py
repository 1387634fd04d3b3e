"""How far the desk's own processes have come: streams ``process/<name>/<lane>``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import StringConstraints

from deskledger.domain.commands import Command
from deskledger.domain.context import Context
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.moments import moment
from deskledger.domain.shapes import Count, Frozen

LaneHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


class Reached(Frozen):
    """A place in a lane, and the lane's hash there.

    Attributes:
        records: of the lane that lie before it, void ones included.
        sequence: of the last effective event before it.
    """

    records: Count
    sequence: Count
    hash: LaneHash


class ProgressMade(Event):
    """A process has come further in a lane.

    Attributes:
        rules: number of the rules by which it reacts.
        lane: which lane it reads.
        read: up to where it has read, and done all that was to be done at once.
        resume: from where its successor must read again, because something found there still waits
            for its time; the same as ``read`` where nothing waits.
    """

    type: Literal["ProgressMade"] = "ProgressMade"
    v: Literal[1] = 1
    rules: Count
    lane: Count
    read: Reached
    resume: Reached


class MakeProgress(Command):
    """State how far a process has come; one that has come less far changes nothing."""

    type: Literal["MakeProgress"] = "MakeProgress"
    rules: Count
    lane: Count
    read: Reached
    resume: Reached


ProcessEvent = ProgressMade | CommandAnswered


@dataclass(frozen=True, slots=True)
class ProcessState:
    """How far a process has come in a lane; ``latest`` is null before it has said so."""

    version: int
    began_at: datetime
    latest_at: datetime
    latest: ProgressMade | None


def decide(
    state: ProcessState | None, command: MakeProgress, context: Context
) -> list[ProcessEvent]:
    """Record the progress, unless this lane was read further already.

    Raises:
        CommandRefused: the stated time lies in the future.
    """
    at = moment(state, command.occurred_at, context)
    if state is not None and state.latest is not None:
        before = state.latest
        reached = (command.read.records, command.resume.records)
        if reached <= (before.read.records, before.resume.records):
            return []
    made = ProgressMade(
        occurred_at=at,
        by=command.by,
        rules=command.rules,
        lane=command.lane,
        read=command.read,
        resume=command.resume,
    )
    return [made]


def evolve(state: ProcessState | None, event: ProcessEvent, version: int) -> ProcessState:
    """Give the process after one more event."""
    at = event.occurred_at
    known = state or ProcessState(version, at, at, None)
    match event:
        case ProgressMade():
            latest_at = max(known.latest_at, at)
            return replace(known, version=version, latest_at=latest_at, latest=event)
        case CommandAnswered():
            return replace(known, version=version)
        case _:
            assert_never(event)
