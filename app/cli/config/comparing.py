"""Looking at a document before it is published: its faults, and what it would change."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.config.naming import File, Named, chosen, document_in, kind_of, loaded
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.session import Session
from deskledger.domain.configuration.faults import Location, json_path

Change = tuple[str, Any, Any]
"""JSON path, the value before and the value after; `ABSENT` where there is none."""


class Absent:
    """Stands where a document has no value."""


ABSENT = Absent()


@command
def check(session: Session, name: Named, file: File = "-") -> None:
    """Check a document without publishing it."""
    kind = kind_of(name)
    document_in(session, kind, file)
    if session.as_json:
        session.answer({"name": name, "valid": True})
        return
    session.tell(session.say("config.valid", file=file))


@command
def diff(
    session: Session,
    name: Named,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A document; - for stdin.")
    ] = None,
    *,
    before: Annotated[
        int | None, typer.Option("--from", metavar="N", min=1, help="By default that in force.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--to", metavar="N", min=1, help="Instead of a document.")
    ] = None,
) -> None:
    """Show how two versions differ, or a document from a version; code 1 where they do.

    A document under whose name nothing was published is new in all its parts.
    """
    found = loaded(session, name)
    if file is not None and before is None and found.state is None:
        number, was = 0, {}
    else:
        old = chosen(found.state, name, before)
        number, was = old.number, old.document.written()
    if file is None:
        to = chosen(found.state, name, after or found.state.published).document.written()
    else:
        kind = kind_of(name)
        to = kind.checked(document_in(session, kind, file)).written()
    changes = list(changes_between(was, to))
    if session.as_json:
        session.answer({"name": name, "from": number, "changes": told_changes(changes)})
    else:
        tell_changes(session, changes)
    if changes:
        raise typer.Exit(REFUSED)


def tell_changes(session: Session, changes: list[Change]) -> None:
    """Shows what differs, one line each."""
    for path, before, after in changes:
        was, is_now = (_shown(session, value) for value in (before, after))
        session.tell(session.say("config.change", path=path, before=was, after=is_now))
    if not changes:
        session.tell(session.say("config.same"))


def told_changes(changes: list[Change]) -> list[dict[str, Any]]:
    """What differs, as JSON shows it; a value that is not there is left out."""
    return [
        {
            "path": path,
            **({} if before is ABSENT else {"before": before}),
            **({} if after is ABSENT else {"after": after}),
        }
        for path, before, after in changes
    ]


def changes_between(before: Any, after: Any, place: Location = ()) -> Iterator[Change]:
    """Every place at which two documents differ, as deep as both have the same shape."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            inner = (before.get(name, ABSENT), after.get(name, ABSENT))
            yield from changes_between(*inner, (*place, name))
    elif isinstance(before, list) and isinstance(after, list):
        pairs = enumerate(zip_longest(before, after, fillvalue=ABSENT))
        for index, (old, new) in pairs:
            yield from changes_between(old, new, (*place, index))
    elif before is ABSENT or after is ABSENT or (type(before), before) != (type(after), after):
        yield json_path(place), before, after


def _shown(session: Session, value: Any) -> str:
    return "–" if value is ABSENT else session.json(value)
