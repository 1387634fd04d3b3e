"""Making a desk again from an export of its lanes."""

from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.bars import bar
from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.replay.restore.restoring import find_export, restore_desk

app = typer.Typer()


@app.command()
@command
def restore(
    session: Session,
    export: Annotated[
        Path, typer.Argument(metavar="DIRECTORY", help="Where `export --lanes` wrote to.")
    ],
) -> None:
    """Make a desk again, with the same hashes, positions, numbers and verdicts.

    The desk's directory must be empty or not exist; it holds the whole desk in the end, or nothing.
    """
    found = find_export(export)
    with bar(session, "restore.bar", found.records) as advance:
        made = restore_desk(found, session.directory, desk_key=session.desk_key, tell=advance)
    if session.as_json:
        session.answer({"directory": str(session.directory), **made._asdict()})
        return
    session.tell(session.say("restore", directory=session.directory, **made._asdict()))
    session.note(session.say("restore.without_keys"))
