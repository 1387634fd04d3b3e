"""Following the ledger: every effective event once, in the order of its lane."""

import select
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.ledger.positions import stated_positions
from deskledger.app.cli.ledger.unsealed import public_events
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.positions import progress_behind
from deskledger.eventlog.records import StoredRecord

app = typer.Typer()

BATCH_RECORDS_MAX = 1_000
WAIT_SECONDS = 1.0


@app.command()
@command
def follow(
    session: Session,
    *,
    lane: Annotated[int | None, typer.Option(metavar="N", help="Only this lane.")] = None,
    after: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SEQUENCE",
            help="Go on behind this event of --lane; LANE:SEQUENCE, repeated, for several lanes.",
        ),
    ] = None,
    from_now: Annotated[bool, typer.Option("--from-now", help="Leave out what there is.")] = False,
    until_now: Annotated[
        bool, typer.Option("--until-now", help="Stop at the present end.")
    ] = False,
) -> None:
    """Print every event once, a line each, as it is recorded; personal values are null.

    Whoever has handled a line goes on behind its position later and misses nothing. There is no
    order between lanes. It runs until it is interrupted.
    """
    ends = session.ledger.progress()
    if lane is not None and not 0 <= lane < len(ends):
        raise InvalidInput(f"There is no lane {lane}; they go from 0 to {len(ends) - 1}.")
    lanes = range(len(ends)) if lane is None else (lane,)
    handled = {end.lane: end.sequence if from_now else 0 for end in ends}
    handled |= stated_positions(ends, lane, after or ())
    begun = [progress_behind(session.ledger, ends[one], handled[one]) for one in lanes]
    follower = Follower(
        session.ledger,
        [progress for progress in begun if progress],
        lanes=lanes,
        batch_size_max=BATCH_RECORDS_MAX,
    )
    goals = {one: ends[one].records for one in lanes}
    with _ended_politely():
        for record in _until(follower, goals) if until_now else _for_ever(follower):
            _print(session, record, handled)


def _print(session: Session, record: StoredRecord, handled: Mapping[int, int]) -> None:
    for event in public_events(record):
        if event["position"]["sequence"] > handled[record.lane]:
            session.tell(_line(session, event))


def _line(session: Session, event: dict[str, Any]) -> str:
    if session.as_json:
        return session.json(event)
    at = event["position"]
    place = f"{at['lane']}:{at['sequence']}"
    return (
        f"{place:<12} {event['occurred_at']} {event['stream']} {event['version']} {event['type']}"
    )


def _for_ever(follower: Follower) -> Iterator[StoredRecord]:
    while True:
        yield from follower.batch(WAIT_SECONDS)
        sys.stdout.flush()
        if _reader_is_gone():
            raise BrokenPipeError


def _until(follower: Follower, goals: Mapping[int, int]) -> Iterator[StoredRecord]:
    """The records up to the number that each lane had."""
    missing = {lane: records for lane, records in goals.items() if records}
    while missing:
        batch = follower.batch()
        yield from (record for record in batch if record.record <= goals[record.lane])
        for record in batch:
            if record.record >= goals[record.lane]:
                missing.pop(record.lane, None)
        if not batch:
            return


def _reader_is_gone() -> bool:
    """Whether nobody reads the pipe any more, which a write alone would tell only at some event."""
    poll = select.poll()
    poll.register(sys.stdout, 0)
    return any(events & select.POLLERR for _, events in poll.poll(0))


@contextmanager
def _ended_politely() -> Iterator[None]:
    """To be interrupted or asked to end is how following ends, so it is no error."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
