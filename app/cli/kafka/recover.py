"""Finding what a log has lost, and going on."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.paths import write_whole
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.lane import CONTROL, EFFECTIVE
from deskledger.eventlog.opening import utc_now

if TYPE_CHECKING:
    from deskledger.eventlog.kafka.losses import LaneLoss
    from deskledger.eventlog.kafka.recovery import Saved

app = typer.Typer()


@app.command()
@command
def recover(
    session: Session,
    *,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the lost commits there, a line of JSON each."),
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Go on with the log as it is now.")
    ] = False,
    append: Annotated[
        bool, typer.Option("--append", help="After --adopt, append again what still fits.")
    ] = False,
) -> None:
    """List acknowledged commits of this node's replica that the log does not hold any more.

    Ends with 1 while there are some. Stop every other process of this directory before --adopt;
    the old replica stays as a file of its own.
    """
    from deskledger.eventlog.kafka import losses, recovery  # noqa: PLC0415 - loads the client

    if append and not adopt:
        raise InvalidInput("--append needs --adopt: what fits is decided by the log as it is.")
    directory, settings = session.directory, session.kafka
    found = losses.find_losses(directory, settings)
    if export is not None:
        write_whole(export, _lines(session, found), directory)
    _tell_losses(session, found)
    saved: list[Saved] = []
    if adopt and any(loss.is_changed for loss in found):
        recovery.adopt(directory, settings, found, utc_now())
        if append:
            saved = recovery.append_again(directory, settings, found, utc_now)
            _tell_saved(session, saved)
    if session.as_json:
        session.answer(_object(found, saved, adopted=adopt))
    if not adopt and any(loss.is_changed for loss in found):
        raise typer.Exit(REFUSED)


def _tell_losses(session: Session, found: Sequence["LaneLoss"]) -> None:
    if session.as_json:
        return
    changed = [loss for loss in found if loss.is_changed]
    if not changed:
        session.tell(session.say("recover.nothing"))
        return
    names = ("lane", "records", "common", "lost")
    headers = [session.say(f"column.{name}") for name in names]
    rows = [
        [str(loss.lane), str(loss.kept), str(loss.common), str(len(loss.lost))] for loss in changed
    ]
    session.tell(draw(headers, rows, right=range(4)))
    count = sum(len(loss.lost) for loss in changed)
    session.tell(session.say("recover.lost", count=count, lanes=len(changed)))


def _tell_saved(session: Session, saved: Sequence["Saved"]) -> None:
    if session.as_json:
        return
    kept = sum(one.verdict in {EFFECTIVE, CONTROL} for one in saved)
    session.tell(session.say("recover.saved", saved=kept, total=len(saved)))
    for one in saved:
        if one.verdict not in {EFFECTIVE, CONTROL}:
            facts = {"stream": one.record.stream, "verdict": one.verdict}
            session.tell(session.say("recover.unfit", version=one.record.version, **facts))


def _lines(session: Session, found: Sequence["LaneLoss"]) -> bytes:
    """The lost records, byte for byte: their values are JSON themselves, so they stand as text."""
    lines = [
        session.json(
            {
                "lane": record.lane,
                "record": record.record,
                "stream": record.stream,
                "version": record.version,
                "lane_hash": record.lane_hash.hex(),
                "value": record.value.decode(),
            }
        )
        for loss in found
        for record in loss.lost
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _object(
    found: Sequence["LaneLoss"], saved: Sequence["Saved"], *, adopted: bool
) -> dict[str, Any]:
    return {
        "adopted": adopted,
        "lanes": [
            {
                "lane": loss.lane,
                "records": loss.kept,
                "common": loss.common,
                "begin": loss.extent.begin,
                "lost": [
                    {"record": one.record, "stream": one.stream, "version": one.version}
                    for one in loss.lost
                ],
            }
            for loss in found
            if loss.is_changed
        ],
        "appended": [
            {"lane": one.record.lane, "record": one.record.record, "verdict": one.verdict}
            for one in saved
        ],
    }
