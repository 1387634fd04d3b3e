"""Everything that happened to a ticket."""

from typing import Any

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.story import Told, story
from deskledger.app.cli.tables import safe
from deskledger.app.cli.telling import Teller
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream


@command
def history(session: Session, ticket: options.TicketName) -> None:
    """Show everything that happened to a ticket, in the order in which it happened.

    An event that was recorded late stands where it belongs and is marked.
    """
    show_history(session, ticket_stream(session, ticket))


def show_history(session: Session, stream: str) -> None:
    """Shows every event of a ticket's stream."""
    number = session.desk.ledger.number_of(stream)
    events = story(session.desk, stream)
    if session.as_json:
        told = [_object(one) for one in events]
        session.answer({"number": number, "id": lookup.part(stream), "events": told})
        return
    teller = Teller(session)
    session.tell(session.say("noun.ticket", name=number))
    for one in events:
        session.tell("\n".join(_lines(session, teller, one)))


def _lines(session: Session, teller: Teller, told: Told) -> list[str]:
    """An event as lines for people: when, what and who, then what is to be known about it."""
    event = told.event
    late = session.say("late", recorded=session.time(told.recorded_at)) if told.late else ""
    head = f"{told.version:>4}  {session.time(event.occurred_at)}  {teller.title(told)}"
    facts, text = teller.details(event)
    lines = [f"{head} · {teller.who(told)}  {late}".rstrip()]
    lines += [f"      {facts}"] if facts else []
    lines += [f"      │ {line}".rstrip() for line in text.splitlines()]
    return [safe(line) for line in lines]


def _object(told: Told) -> dict[str, Any]:
    """An event as JSON shows it, with what its commit says; personal values are open."""
    return {
        "position": {"lane": told.lane, "sequence": told.sequence},
        "version": told.version,
        "recorded_at": told.recorded_at,
        "late": told.late,
        **told.stored,
        "event": told.event.model_dump(mode="json"),
    }
