"""The tables for one command: opened, brought up to the ledger, and told how fresh they are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from deskledger.app.cli.bars import bar
from deskledger.app.cli.session import Session
from deskledger.consumers.projector import Projector
from deskledger.eventlog.progress import Progress
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore

RECORDS_UNWATCHED_MAX = 5_000


@contextmanager
def open_tables(session: Session) -> Iterator[ProjectionStore]:
    """Takes the tables, applies what the ledger has more, and gives them back in the end.

    Raises:
        Unavailable: another process has them beyond the deadline.
        ForeignFile, NewerVersion: the file is not this desk's, or not for this software.
        Outdated, Astray: they must be rebuilt.
    """
    desk = session.desk
    path = desk.directory / NAME
    wait_seconds = session.settings.wait_seconds
    with ProjectionStore.open(path, desk.ledger.desk, deadline_seconds=wait_seconds) as store:
        behind = records_of(desk.ledger.progress()) - records_of(store.progress())
        long = behind > RECORDS_UNWATCHED_MAX
        with bar(session, "project.bar", behind, worth_it=long) as advance:
            projector = Projector(store, desk.ledger, desk.vault.data_keys)
            projector.catch_up(advance, opener=session.opener)
        yield store


def freshness(progress: Sequence[Progress]) -> list[dict[str, Any]]:
    """How far the tables had come when they answered, as JSON shows it."""
    return [
        {"lane": lane.lane, "records": lane.records, "sequence": lane.sequence} for lane in progress
    ]


def tell_freshness(session: Session, progress: Sequence[Progress]) -> None:
    """Says beside an answer how far the tables had come."""
    events = sum(lane.sequence for lane in progress)
    session.note(session.say("fresh", events=events))
    if session.tables.parked:
        session.note(session.say("parked", streams=len(session.tables.parked)))


def records_of(progress: Sequence[Progress]) -> int:
    """How many records the lanes have read together."""
    return sum(lane.records for lane in progress)
