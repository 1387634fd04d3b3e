"""What configuration there is, in which versions, and what each of them says."""

from typing import Annotated, Any

import orjson
import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.config.naming import Named, chosen, loaded
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.domain.configuration.documents import KINDS
from deskledger.domain.configuration.state import ConfigurationState, Version
from deskledger.eventlog.writing.streams import Loaded

Numbered = Annotated[
    int | None, typer.Option("--version", metavar="N", min=1, help="By default the one in force.")
]


@command
def list_configuration(
    session: Session,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Every version, instead of those in force.")
    ] = False,
) -> None:
    """List what is published, read from the ledger itself."""
    found = [
        session.desk.writer.streams.load(stream)
        for noun in KINDS
        for stream in lookup.every(session.desk, noun)
    ]
    listed = [
        (one, version)
        for one in found
        for version in one.state.versions
        if everything or version is (one.state.latest or one.state.versions[-1])
    ]
    if session.as_json:
        shown = [{"name": one.stream, **_summary(one.state, version)} for one, version in listed]
        session.answer({"configuration": shown})
        return
    names = ("name", "version", "standing", "published_at", "note")
    rows = [
        [
            one.stream,
            str(version.number),
            session.say(f"config.{_standing(one.state, version)}"),
            session.time(version.published_at) if version.published_at else "",
            version.note or "",
        ]
        for one, version in listed
    ]
    session.tell(draw([session.say(f"column.{name}") for name in names], rows, right=(1,)))


@command
def show(session: Session, name: Named, *, number: Numbered = None) -> None:
    """Show a configuration's document."""
    found: Loaded = loaded(session, name)
    version = chosen(found.state, name, number)
    document = version.document.written()
    if session.as_json:
        summary = _summary(found.state, version)
        session.answer({"name": name, **summary, "document": document})
        return
    standing = session.say(f"config.{_standing(found.state, version)}")
    session.note(session.say("config.version", name=name, version=version.number, state=standing))
    session.tell(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def _standing(state: ConfigurationState, version: Version) -> str:
    if version.withdrawn:
        return "withdrawn"
    if version.scope is not None:
        return "for_some"
    return "in_force" if version is state.latest else "replaced"


def _summary(state: ConfigurationState, version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "state": _standing(state, version),
        "published": state.published,
        "scope": None if version.scope is None else version.scope.written(),
        "note": version.note,
        "published_at": version.published_at,
        "withdrawn_at": version.withdrawn_at,
    }
