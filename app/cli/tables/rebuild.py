"""Building the tables anew."""

import time
from functools import partial
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.tables.projected import records_of
from deskledger.projections.file import NAME
from deskledger.projections.owner.client import find_owner
from deskledger.projections.replacing import discard_file
from deskledger.replay import rebuild as replayed

app = typer.Typer()


@app.command()
@command
def rebuild(
    session: Session,
    *,
    discard: Annotated[
        bool,
        typer.Option(
            "--discard", help="Remove the old ones first: damaged ones, or to have their room."
        ),
    ] = False,
) -> None:
    """Build the tables anew from the ledger; the old ones serve until the new ones are complete."""
    began = time.monotonic()
    if discard:
        _discard(session)
    records = build_anew(session)
    seconds = round(time.monotonic() - began, 1)
    if session.as_json:
        session.answer({"records": records, "seconds": seconds})
    else:
        session.tell(session.say("rebuild", records=records, seconds=seconds))


def _discard(session: Session) -> None:
    """Removes the tables, so that there are none until the new ones are complete.

    Raises:
        InUse: a process owns them; it would go on with the removed ones.
        ForeignFile, NewerVersion: something else lies in their place; it is left as it is.
    """
    desk = session.desk
    discard_file(desk.directory / NAME, desk.ledger.desk, session.settings.wait_seconds)


def build_anew(session: Session) -> int:
    """Makes the tables anew and gives the number of records that they follow from.

    Their owner, if there is one, goes on with the new ones.

    Raises:
        ForeignFile: something else lies in their place; it is left as it is.
        Unavailable: another process has them, or the disk is full; the old ones stay.
    """
    desk, seconds = session.desk, session.settings.wait_seconds
    owner = partial(find_owner, session.directory, desk.ledger.desk, ask_seconds=seconds)
    with bar(session, "rebuild.bar", records_of(desk.ledger.progress())) as advance:
        return replayed.rebuild(
            desk.directory / NAME,
            desk.ledger,
            desk.vault.data_keys,
            deadline_seconds=seconds,
            report=advance,
            opener=session.opener,
            find_owner=owner,
        )
