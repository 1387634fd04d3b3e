"""Publishing service levels: calendars and policies, in versions."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli import values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change, command
from deskledger.app.cli.config.changing import tell_dry
from deskledger.app.cli.config.naming import kind_of, loaded
from deskledger.app.cli.faults import read_bounded, refuse
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.session import Session
from deskledger.app.service_policy import NAME, next_document
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.configuration.state import ConfigurationState
from deskledger.domain.sla.faults import Faulty
from deskledger.domain.sla.policy_file import read_policy_file

app = noun_app()
File = Annotated[Path, typer.Argument(metavar="FILE", help="Calendars, policies, or both.")]


class Reach(StrEnum):
    """Which tickets take new rules at once."""

    NEW = "new"
    OPEN = "open"


@app.command("check")
@command
def check(session: Session, file: File) -> None:
    """Check calendars and policies without publishing them; needs a desk to publish them on."""
    _document(session, file, Reach.NEW)
    if session.as_json:
        session.answer({"name": NAME, "valid": True})
        return
    session.tell(session.say("config.valid", file=file))


@app.command("publish")
@change
def publish(
    act: Changing,
    file: File,
    *,
    reach: Annotated[
        Reach, typer.Option(help="Take open tickets these rules at once, or at their next change?")
    ] = Reach.NEW,
    replaces: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Refuse if another than version N is the newest."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="Why, for those who read it later.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; publish nothing.")
    ] = False,
) -> None:
    """Put calendars and policies in force as the next version, unless anything is wrong.

    Each replaces the whole set; what the file leaves out stays as it is. Public holidays are
    written out as dates, so that what is due can be found again from this version alone.
    """
    document = _document(act, file, reach)
    stated = {"document": document, "replaces": replaces, "note": note}
    if dry_run:
        asked = values.made(Publish, occurred_at=act.at, **stated)
        assert isinstance(asked, Publish)
        act.try_out(NAME, asked)
        tell_dry(act, kind_of(NAME), NAME, asked)
        return
    act.execute(NAME, Publish, **stated)


def _document(session: Session, file: Path, reach: Reach) -> dict[str, Any]:
    """What the file makes of the service levels in force; every fault of it is told."""
    state: ConfigurationState | None = loaded(session, NAME).state
    latest = None if state is None else state.latest
    before = None if latest is None else latest.document
    assert before is None or isinstance(before, ServicePolicy), "the stream holds service levels"
    try:
        return next_document(read_policy_file(read_bounded(file, session)), before, reach.value)
    except Faulty as error:
        refuse(session, file, error.faults)
