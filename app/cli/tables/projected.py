"""The tables for one command: asked of their owner, else opened and brought up to the ledger."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Union

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.eventlog.progress import Progress
from deskledger.projections.errors import InUse
from deskledger.projections.owner.client import OwnedTables, find_owner
from deskledger.projections.queries import parked
from deskledger.projections.question import Tables

if TYPE_CHECKING:
    from deskledger.projections.store import ProjectionStore
    from deskledger.replay.as_of.past import Past

Found = Union[OwnedTables, "ProjectionStore"]

RECORDS_UNWATCHED_MAX = 5_000
# How long the file is waited for before the owner is looked for again, who may just have come.
LOOK_SECONDS = 0.25


@contextmanager
def open_tables(session: Session) -> Iterator[Tables]:
    """The tables as far as the ledger has come by now.

    Their owner is asked to come that far, and answers later as far as it is. Where no process owns
    them they are taken, brought up to the ledger, and given back in the end.

    Raises:
        Unavailable: another process has them beyond the deadline.
        ForeignFile, NewerVersion: the file is not this desk's, or not for this software.
        Outdated, Astray: they must be rebuilt.
    """
    goal = session.desk.ledger.progress()
    session.goal = goal
    with find_tables(session, session.desk.ledger.desk, goal) as tables:
        if not isinstance(tables, OwnedTables):
            _bring_up(session, tables)
        yield tables


@contextmanager
def find_tables(
    session: Session,
    desk: str,
    goal: Sequence[Progress] = (),
    *,
    wait_seconds: float | None = None,
) -> Iterator[Found]:
    """The tables as they are: behind their owner, or this process's own for as long as the block.

    Args:
        session: whose settings say where they are.
        desk: its id.
        goal: what the owner's answers are to hold.
        wait_seconds: how long to wait for it, for the owner to greet, or for the file; None for
            what the settings say.

    Raises:
        Unavailable, ForeignFile, NewerVersion, Outdated: as `open_tables`.
    """
    seconds = session.settings.wait_seconds if wait_seconds is None else wait_seconds
    deadline_at = time.monotonic() + seconds
    while True:
        owned = find_owner(
            session.directory,
            desk,
            goal=goal,
            wait_seconds=seconds,
            ask_seconds=deadline_at - time.monotonic(),
        )
        try:
            tables = owned or _taken(session, desk, deadline_at - time.monotonic())
        except InUse:
            if time.monotonic() >= deadline_at:
                raise
            continue
        with tables:
            yield tables
        return


def _taken(session: Session, desk: str, seconds: float) -> "ProjectionStore":
    # DuckDB takes longer to load than the owner takes to answer.
    from deskledger.projections.file import NAME  # noqa: PLC0415
    from deskledger.projections.store import ProjectionStore  # noqa: PLC0415

    wait_seconds = min(max(seconds, 0), LOOK_SECONDS)
    return ProjectionStore.open(session.directory / NAME, desk, deadline_seconds=wait_seconds)


def _bring_up(session: Session, store: "ProjectionStore") -> None:
    from deskledger.consumers.projector import Projector  # noqa: PLC0415 - as above

    desk = session.desk
    behind = records_of(desk.ledger.progress()) - records_of(store.progress())
    with bar(session, "project.bar", behind, worth_it=behind > RECORDS_UNWATCHED_MAX) as advance:
        projector = Projector(store, desk.ledger, desk.vault.data_keys)
        projector.catch_up(advance, opener=session.opener)


def freshness(session: Session, progress: Sequence[Progress]) -> dict[str, Any]:
    """How far the tables had come when they answered, as JSON shows it.

    `behind` counts the records that the ledger held when the command began and the tables did not.
    """
    lanes = [
        {"lane": lane.lane, "records": lane.records, "sequence": lane.sequence} for lane in progress
    ]
    told = {"progress": lanes, "behind": behind_goal(session, progress)}
    return told if session.past is None else {**told, "as_of": session.past.at}


def tell_freshness(session: Session, progress: Sequence[Progress]) -> None:
    """Says beside an answer how far the tables had come."""
    events = sum(lane.sequence for lane in progress)
    if session.past is not None:
        session.note(session.say("fresh.then", **told_past(session, session.past)))
        return
    behind = behind_goal(session, progress)
    if behind:
        session.note(session.say("fresh.behind", events=events, behind=behind))
    else:
        session.note(session.say("fresh", events=events))
    aside = parked(session.tables).value
    if aside:
        session.note(session.say("parked", streams=len(aside)))


def told_past(session: Session, past: "Past") -> dict[str, str]:
    """A point in the past as people are told it: its time, and its map."""
    places = " ".join(f"{lane.lane}:{lane.sequence}" for lane in past.progress)
    return {"at": f"{past.at.astimezone(session.zone):%Y-%m-%d %H:%M:%S %Z}", "places": places}


def behind_goal(session: Session, progress: Sequence[Progress]) -> int:
    """How many records of the ledger, as the command found it, the tables do not hold."""
    read = {at.lane: at.records for at in progress}
    return sum(max(at.records - read.get(at.lane, 0), 0) for at in session.goal)


def records_of(progress: Sequence[Progress]) -> int:
    """How many records the lanes have read together."""
    return sum(lane.records for lane in progress)
