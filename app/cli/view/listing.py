"""Which views there are, and what they say."""

import orjson

from deskledger.app.cli.command import command
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.view.naming import Found, find, visible
from deskledger.app.cli.view.options import Named, Numbered


@command
def list_views(session: Session) -> None:
    """List the views that are shared with whoever acts."""
    found = list(visible(session, reader(session)))
    if session.as_json:
        session.answer({"views": [_summary(session, one) for one in found]})
        return
    headers = [session.say(f"column.{name}") for name in ("id", "version", "shared", "name")]
    rows = [
        [one.id, str(one.version), _shared(session, one), one.title(session.language)]
        for one in found
    ]
    session.tell(draw(headers, rows, right=(1,)))


@command
def show(session: Session, name: Named, *, number: Numbered = None) -> None:
    """Show a view's document."""
    found = find(session, name, reader(session), number)
    document = found.view.written()
    if session.as_json:
        session.answer({**_summary(session, found), "document": document})
        return
    session.tell(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def _summary(session: Session, found: Found) -> dict[str, object]:
    return {
        "id": found.id,
        "version": found.version,
        "name": found.title(session.language),
        "share": found.view.share.written(),
    }


def _shared(session: Session, found: Found) -> str:
    share = found.view.share
    said = session.say(f"view.share_{share.kind}")
    return said if share.id is None else f"{said} {share.id}"
