"""What the desk and a customer had to do with each other."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.customer.naming import CustomerName
from deskledger.app.cli.lists.paging import After, Size, show_page, stated_place
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.code_names import CodeNames
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.domain.shapes import Actor, fact
from deskledger.eventlog.instants import parse_instant
from deskledger.projections.timeline import TimelineEntry, TimelinePlace, customer_timeline

PAGE_SIZE = 50
COLUMNS = ("occurred_at", "about", "event", "actor", "channel", "reason")
PLACE = "TIME,ABOUT,NUMBER,VERSION"


@command
def timeline(
    session: Session,
    customer: CustomerName,
    *,
    contacts: Annotated[
        bool, typer.Option("--contacts", help="Of an organisation: its contacts' as well.")
    ] = False,
    size: Size = PAGE_SIZE,
    after: After = None,
) -> None:
    """Show every contact, ticket and change of a customer in order, read from the tables.

    A customer who was merged shows what the survivor does.
    """
    asked = lookup.customer(session.desk, customer)
    place = stated_place(after, "a timeline", PLACE, _place)
    answered = customer_timeline(
        session.tables, asked, after=place, size=size + 1, contacts=contacts
    )
    show_page(session, answered, partial(_tell, session), size=size, place=_after)


def _tell(session: Session, entries: Sequence[TimelineEntry]) -> None:
    names, codes = Names(session.desk, session.language), CodeNames(session)
    headers = [session.say(f"column.{name}") for name in COLUMNS]
    session.tell(draw(headers, [_row(session, names, codes, entry) for entry in entries]))


def _row(session: Session, names: Names, codes: CodeNames, entry: TimelineEntry) -> list[str]:
    noun = "customer" if entry.about == "customer" else "ticket"
    who = session.code("author", entry.actor_kind)
    if entry.actor_id is not None:
        who = names.actor(Actor.model_validate({"kind": entry.actor_kind, "id": entry.actor_id}))
    return [
        session.time(entry.occurred_at),
        session.say(f"noun.{noun}", name=entry.number),
        session.code("event", entry.type),
        who,
        codes.called("channel", entry.channel),
        codes.reason(entry.type, entry.reason) if entry.reason else "",
    ]


def _after(entry: TimelineEntry) -> str:
    """The place of an entry in the order: what the next page goes on from."""
    return f"{fact(entry.occurred_at)},{entry.about},{entry.number},{entry.version}"


def _place(at: str, about: str, number: str, version: str) -> TimelinePlace:
    return TimelinePlace(parse_instant(at), about, int(number), int(version))
