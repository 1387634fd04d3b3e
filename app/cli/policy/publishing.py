"""Checking service levels, trying them, and putting them in force."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli import values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change, command
from deskledger.app.cli.config.naming import loaded
from deskledger.app.cli.policy.comparing import tell_differences
from deskledger.app.cli.policy.parties import party_faults
from deskledger.app.cli.policy.trying import tell_tried, tried, tried_object
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.faults import read_bounded, refuse
from deskledger.app.service_policy import NAME, next_document
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.configuration.service_policy_changes import Difference, differences
from deskledger.domain.configuration.state import ConfigurationState
from deskledger.domain.sla.faults import Faulty
from deskledger.domain.sla.policy_file import read_policy_file

File = Annotated[Path, typer.Argument(metavar="FILE", help="Calendars, policies, or both.")]


class Reach(StrEnum):
    """Which tickets take new rules at once."""

    NEW = "new"
    OPEN = "open"


@command
def check(session: Session, file: File) -> None:
    """Check calendars and policies without publishing them; needs a desk to publish them on."""
    _document(session, file, Reach.NEW)
    if session.as_json:
        session.answer({"name": NAME, "valid": True})
        return
    session.tell(session.say("config.valid", file=file))


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
    found = differences(_in_force(act), ServicePolicy.model_validate(document))
    stated = {"document": document, "replaces": replaces, "note": note}
    if dry_run:
        asked = values.made(Publish, occurred_at=act.at, **stated)
        assert isinstance(asked, Publish)
        act.try_out(NAME, asked)
        _tell_dry(act, found, document)
        return
    if not act.as_json:
        tell_differences(act, found)
    act.execute(NAME, Publish, **stated)


def _tell_dry(act: Changing, found: list[Difference], document: dict[str, Any]) -> None:
    """Tells what a publication would change: of the version in force, and of open tickets."""
    state: ConfigurationState | None = loaded(act, NAME).state
    published = 0 if state is None else state.published
    tickets = tried(act, document)
    if act.as_json:
        told = {"name": NAME, "published": published, "reach": document["reach"]}
        differing = [one._asdict() for one in found]
        act.answer({**told, "differences": differing, "open": tried_object(tickets)})
        return
    tell_differences(act, found)
    tell_tried(act, tickets, reaches_open=document["reach"] == Reach.OPEN)
    act.tell(act.say("config.dry_run", name=NAME))


def _document(session: Session, file: Path, reach: Reach) -> dict[str, Any]:
    """What the file makes of the service levels in force; every fault of it is told."""
    before = _in_force(session)
    try:
        read = read_policy_file(read_bounded(file, session))
        document = next_document(read, before, reach.value)
    except Faulty as error:
        refuse(session, file, error.faults)
    if faults := party_faults(read, session.desk):
        refuse(session, file, faults)
    return document


def _in_force(session: Session) -> ServicePolicy | None:
    """The service levels in force; None before the first."""
    state: ConfigurationState | None = loaded(session, NAME).state
    latest = None if state is None else state.latest
    before = None if latest is None else latest.document
    assert before is None or isinstance(before, ServicePolicy), "the stream holds service levels"
    return before
