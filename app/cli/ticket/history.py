"""Everything that happened to a ticket."""

from typing import Any

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.ledger.story import Told, story
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import safe
from deskledger.app.cli.shown.telling import Teller
from deskledger.app.cli.tables.as_of import AsOf, past_object
from deskledger.app.cli.tables.projected import told_past
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.seeing import seen_ticket
from deskledger.domain.ticket.state import TicketState
from deskledger.replay.as_of.past import Past


@command
def history(session: Session, ticket: options.TicketName, *, as_of: AsOf) -> None:
    """Show everything that happened to a ticket, in the order in which it happened.

    An event that was recorded late stands where it belongs and is marked. As of a point in the
    past, what had been recorded by then is shown, and apart from it what was recorded since about
    the time until then.
    """
    stream = seen_ticket(session, ticket)
    past = as_of.take(session)
    if past is None:
        show_history(session, stream)
    else:
        _show_then(session, stream, past)


def _show_then(session: Session, stream: str, past: Past) -> None:
    """Shows the events that were recorded by then, and those recorded since about then."""
    number = session.desk.ledger.number_of(stream)
    ends = {lane.lane: lane.sequence for lane in past.progress}
    every = story(session.desk, stream)
    recorded = [one for one in every if one.sequence <= ends[one.lane]]
    since = [
        one for one in every if one.sequence > ends[one.lane] and one.event.occurred_at <= past.at
    ]
    if session.as_json:
        told = {"number": number, "id": lookup.part(stream), "as_of": past_object(past)}
        events = {
            "events": list(map(_object, recorded)),
            "recorded_since": list(map(_object, since)),
        }
        session.answer({**told, **events})
        return
    teller = _teller(session, stream)
    session.tell(session.say("noun.ticket", name=number))
    for one in recorded:
        session.tell("\n".join(_lines(session, teller, one)))
    if since:
        session.tell(session.say("then.since"))
    for one in since:
        session.tell("\n".join(_lines(session, teller, one)))
    session.note(session.say("fresh.then", **told_past(session, past)))


def show_history(session: Session, stream: str) -> None:
    """Shows every event of a ticket's stream."""
    number = session.desk.ledger.number_of(stream)
    events = story(session.desk, stream)
    if session.as_json:
        told = [_object(one) for one in events]
        session.answer({"number": number, "id": lookup.part(stream), "events": told})
        return
    teller = _teller(session, stream)
    session.tell(session.say("noun.ticket", name=number))
    for one in events:
        session.tell("\n".join(_lines(session, teller, one)))


def _teller(session: Session, stream: str) -> Teller:
    """Tells fields by the names that the ticket's present type gives them."""
    state: TicketState = session.desk.writer.streams.load(stream).state
    return Teller(session, state.attributes["type_code"].present)


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
