"""Publishing and withdrawing versions of configuration."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.config.comparing import changes_between, tell_changes, told_changes
from deskledger.app.cli.config.naming import File, Named, document_in, kind_of, loaded
from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.configuration.documents import Kind
from deskledger.domain.configuration.state import ConfigurationState


@change
def publish(
    act: Changing,
    name: Named,
    file: File = "-",
    *,
    replaces: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Refuse if another than version N is the newest."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="Why, for those who read it later.")] = None,
    groups: Annotated[
        list[str] | None, typer.Option("--group", metavar="GROUP", help="Only for this group.")
    ] = None,
    share: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Only for a share of tickets, as 0.1.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; publish nothing.")
    ] = False,
) -> None:
    """Put a document in force as the next version, unless anything is wrong with it."""
    kind = kind_of(name)
    document = document_in(act, kind, file)
    groups = [lookup.known_group(act.desk, group) for group in groups or ()]
    stated = {
        "document": document,
        "replaces": replaces,
        "note": note,
        "scope": {"groups": groups or None, "share": share} if groups or share else None,
    }
    if dry_run:
        asked = values.made(Publish, occurred_at=act.at, **stated)
        assert isinstance(asked, Publish)
        act.try_out(name, asked)
        tell_dry(act, kind, name, asked)
        return
    act.execute(name, Publish, **stated)


@change
def withdraw(
    act: Changing,
    name: Named,
    number: Annotated[int, typer.Argument(metavar="VERSION", min=1)],
) -> None:
    """Take a version out of force; what was decided under it stays."""
    kind_of(name)
    act.execute(name, Withdraw, version=number)


def tell_dry(act: Changing, kind: Kind, name: str, asked: Publish) -> None:
    """Tells what a publication would change."""
    state: ConfigurationState | None = loaded(act, name).state
    latest = None if state is None else state.latest
    before = {} if latest is None else latest.document.written()
    changes = list(changes_between(before, kind.checked(asked.document).written()))
    published = 0 if state is None else state.published
    if act.as_json:
        act.answer({"name": name, "published": published, "changes": told_changes(changes)})
        return
    tell_changes(act, changes)
    act.tell(act.say("config.dry_run", name=name))
