"""What a view shows, page by page, and how many tickets there are in it."""

from datetime import datetime
from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.config.naming import document_in
from deskledger.app.cli.lists.paging import After, Size, tell_leaf
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.telling import NOTHING, Teller
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.app.cli.view.naming import Found, find, visible
from deskledger.app.cli.view.options import Numbered
from deskledger.domain.configuration.documents import VIEW
from deskledger.domain.configuration.view import View
from deskledger.domain.configuration.view_fields import CUSTOM
from deskledger.domain.errors import InvalidInput
from deskledger.projections.views.pages import (
    GroupCount,
    TicketEntry,
    ViewPage,
    view_counts,
    view_page,
)
from deskledger.projections.views.reader import Reader

PAGE_SIZE = 20
WIDTHS = {"customer": 20, "agent": 16, "group": 16}


@command
def run(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(metavar="[VIEW]", help="Its id, such as my-open.")
    ] = None,
    *,
    number: Numbered = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="A document that is not published.")
    ] = None,
    size: Size = PAGE_SIZE,
    after: After = None,
    as_of: AsOf,
) -> None:
    """Show the tickets of a view, page by page; or those that it would have shown in the past."""
    as_of.take(session)
    who = reader(session)
    found = _stated(session, name, number, file, who)
    answered = view_page(session.tables, found.view.written(), who, after=after, size=size)
    page = answered.value
    if session.as_json:
        fresh = freshness(session, answered.progress)
        session.answer({"view": found.id, "version": found.version, **_told(found, page), **fresh})
        return
    session.tell(found.title(session.language))
    _tell(session, found.view, page)
    tell_freshness(session, answered.progress)


@command
def count(
    session: Session,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[VIEW]…", help="By default all.")
    ] = None,
    *,
    as_of: AsOf,
) -> None:
    """Count the tickets in views, all at one moment, also of the past."""
    as_of.take(session)
    who = reader(session)
    found = [find(session, name, who) for name in names] if names else list(visible(session, who))
    answered = view_counts(session.tables, [one.view.written() for one in found], who)
    counted = list(zip(found, answered.value, strict=True))
    if session.as_json:
        counts = {one.id: total for one, total in counted}
        session.answer({"counts": counts, **freshness(session, answered.progress)})
        return
    headers = [session.say(f"column.{name}") for name in ("tickets", "id", "name")]
    rows = [[str(total), one.id, one.title(session.language)] for one, total in counted]
    session.tell(draw(headers, rows, right=(0,)))
    tell_freshness(session, answered.progress)


def _stated(
    session: Session, name: str | None, number: int | None, file: str | None, who: Reader
) -> Found:
    if (name is None) == (file is None):
        raise InvalidInput("Name a view, or give a document with --file.")
    if name is not None:
        return find(session, name, who, number)
    view = VIEW.checked(document_in(session, VIEW, file or ""))
    assert isinstance(view, View)
    return Found(file or "", 0, view)


def _told(found: Found, page: ViewPage) -> dict[str, Any]:
    columns = dict.fromkeys(("number", *found.view.columns))
    return {
        "entries": [{name: _value(entry, name) for name in columns} for entry in page.entries],
        "total": page.total,
        "groups": None if page.groups is None else [group._asdict() for group in page.groups],
        "next": page.following,
    }


def _tell(session: Session, view: View, page: ViewPage) -> None:
    teller = Teller(session)
    columns = view.columns
    headers = [_label(teller, name) for name in columns]
    rows = [[_cell(session, teller, entry, name) for name in columns] for entry in page.entries]
    bounds = {index: WIDTHS[name] for index, name in enumerate(columns) if name in WIDTHS}
    right = tuple(index for index, name in enumerate(columns) if name == "number")
    session.tell(draw(headers, rows, right=right, bounds=bounds))
    if page.groups and view.group_by is not None:
        told = (_group(teller, view.group_by, group) for group in page.groups)
        session.tell(session.say("view.groups", groups=session.say("list.part").join(told)))
    tell_leaf(session, len(page.entries), page.following, total=page.total)


def _group(teller: Teller, field: str, group: GroupCount) -> str:
    return f"{teller.value(field, group.value)} {group.tickets}"


def _label(teller: Teller, name: str) -> str:
    if name.startswith(CUSTOM):
        return name.removeprefix(CUSTOM)
    label = teller.label(name)
    return label[0].upper() + label[1:]


def _cell(session: Session, teller: Teller, entry: TicketEntry, name: str) -> str:
    value = _value(entry, name)
    if isinstance(value, datetime):
        return session.day_time(value)
    if name == "status":
        return session.code("status", str(value))
    told = teller.value(name, value)
    return "" if told == NOTHING else told


def _value(entry: TicketEntry, name: str) -> Any:
    if name.startswith(CUSTOM):
        return (entry.fields or {}).get(name.removeprefix(CUSTOM))
    return getattr(entry, name)
