"""Making a desk again from an export of its lanes."""

from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.exchange.key_options import KeyOptions
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.replay.restore.restoring import KeySource, find_export, restore_desk

app = typer.Typer()


@app.command()
@command
def restore(
    session: Session,
    export: Annotated[
        Path, typer.Argument(metavar="DIRECTORY", help="Where `export --lanes` wrote to.")
    ],
    *,
    keys: KeyOptions,
) -> None:
    """Make a desk again, with the same hashes, positions, numbers and verdicts.

    The desk's directory must be empty or not exist; it holds the whole desk in the end, or nothing.
    Without --keys it can be read, not written, and personal values read as erased.
    """
    key_file = keys.file(session)
    source = None if key_file is None else KeySource(key_file, keys.lock(session))
    found = find_export(export)
    with bar(session, "restore.bar", found.records) as advance:
        made = restore_desk(
            found, session.directory, desk_key=session.desk_key, keys=source, tell=advance
        )
    if session.as_json:
        session.answer({"directory": str(session.directory), **made._asdict()})
        return
    session.tell(session.say("restore", directory=session.directory, **made._asdict()))
    if made.keys is None:
        session.note(session.say("restore.without_keys"))
    elif session.desk_key is None:
        session.note(session.say("init.key", file=session.directory / "desk.key"))
