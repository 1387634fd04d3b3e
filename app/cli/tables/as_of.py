"""A point in the past, as an option of what reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli.ledger.positions import stated_positions
from deskledger.app.cli.paths import read_bytes
from deskledger.app.cli.session import Session
from deskledger.app.cli.values import instant
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.instants import from_microseconds
from deskledger.eventlog.progress import read_checkpoint
from deskledger.replay.as_of.past import Past, at_checkpoint, at_positions, at_time

PANEL = "The past"


@dataclass(frozen=True)
class AsOf:
    """When; the present where nothing is stated."""

    as_of: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="As the desk knew it then, such as 2026-11-22T10:30; in the desk's zone.",
            rich_help_panel=PANEL,
        ),
    ] = None
    position: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LANE:SEQUENCE|FILE",
            help="As of an event, repeated for several lanes; or of a checkpoint's file.",
            rich_help_panel=PANEL,
        ),
    ] = None

    def take(self, session: Session) -> Past | None:
        """The point that is asked for; the session's tables are as of it from now on.

        Raises:
            InvalidInput: it has not come, is no position, or both a time and a position.
            LedgerDamaged: the ledger is not what it was at the checkpoint.
        """
        if self.as_of is not None and self.position:
            raise InvalidInput("Name a time or a position, not both.")
        if self.as_of is not None:
            now = session.desk.clock()
            session.past = at_time(session.ledger, instant(self.as_of, session.zone), now)
        elif self.position:
            session.past = _at(session, self.position)
        return session.past

    def take_without(self, session: Session, *, personal: bool) -> None:
        """As `take`, for questions to tables, which hold no values of persons in the past.

        Raises:
            InvalidInput, LedgerDamaged: as `take`; or such values were asked for.
        """
        if self.take(session) is not None and personal:
            told = "Tables of the past hold no personal values; `ticket show --at` opens them."
            raise InvalidInput(told)


def past_object(past: Past) -> dict[str, Any]:
    """A point in the past as JSON shows it: its time, and its map."""
    lanes = [
        {
            "lane": lane.lane,
            "records": lane.records,
            "sequence": lane.sequence,
            "lane_time": from_microseconds(time) if time else None,
        }
        for lane, time in zip(past.progress, past.lane_times, strict=True)
    ]
    return {"at": past.at, "progress": lanes}


def _at(session: Session, stated: Sequence[str]) -> Past:
    ledger = session.ledger
    if len(stated) == 1 and not _is_position(stated[0]):
        data = read_bytes(Path(stated[0]), session.directory)
        return at_checkpoint(ledger, read_checkpoint(data))
    return at_positions(ledger, stated_positions(ledger.progress(), None, stated))


def _is_position(stated: str) -> bool:
    lane, colon, sequence = stated.partition(":")
    return bool(colon) and lane.isdigit() and sequence.isdigit()
