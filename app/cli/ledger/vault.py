"""The keys of a desk: wrapping them under another desk key."""

from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.paths import read_bytes
from deskledger.app.cli.session import Session
from deskledger.app.desk_key_change import Changed, DeskKeyChange
from deskledger.eventlog.vault.desk_key import read_desk_key

app = noun_app()


@app.command()
@command
def rewrap(
    session: Session,
    *,
    new: Annotated[
        bool, typer.Option("--new", help="Draw a new desk key, and wrap everything under it.")
    ] = False,
    former_key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A former desk key, beside that in desk.key.former."),
    ] = None,
) -> None:
    """Wrap under the desk key what a former one still wraps.

    Stop the desk's other processes and nodes before --new; give them the new key afterwards, and
    run this once more without it, until it finds nothing. Interrupted, it is run again.
    """
    stated = []
    if former_key_file is not None:
        text = read_bytes(former_key_file, session.directory).decode()
        stated.append(read_desk_key(session.directory, text))
    change = DeskKeyChange(
        session.directory, session.kafka, session.settings.wait_seconds, session.desk_key, stated
    )
    if new:
        _tell_changed(session, change.change())
        return
    count = change.finish()
    if session.as_json:
        session.answer({"keys": count})
    else:
        session.tell(session.say("vault.rewrapped", count=count))


def _tell_changed(session: Session, changed: Changed) -> None:
    if session.as_json:
        former = None if changed.former is None else str(changed.former)
        told = {"keys": changed.keys, "file": str(changed.file), "former": former}
        session.answer(told)
        return
    session.tell(session.say("vault.rewrapped", count=changed.keys))
    if changed.former is None:
        session.tell(session.say("vault.new_setting", file=changed.file))
    else:
        session.tell(session.say("vault.changed", file=changed.file, former=changed.former))
