"""One ticket as it is."""

from collections.abc import Iterator
from typing import Any

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import safe
from deskledger.app.cli.shown.sheets import (
    field_values,
    present_fields,
    present_personal,
    show_sheet,
)
from deskledger.app.cli.shown.telling import NOTHING, Teller
from deskledger.app.cli.tables.as_of import AsOf, past_object
from deskledger.app.cli.tables.projected import told_past
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.seeing import seen_ticket
from deskledger.app.cli.ticket.then import differing, then
from deskledger.domain.references import Reference
from deskledger.domain.ticket.participants import participants_at
from deskledger.domain.ticket.relations import links_at
from deskledger.domain.ticket.state import Pause, TicketState
from deskledger.domain.ticket.status import PAUSED
from deskledger.eventlog.writing.streams import Loaded
from deskledger.replay.as_of.past import Past


@command
def show(session: Session, ticket: options.TicketName, *, as_of: AsOf) -> None:
    """Show a ticket as it is, read from the ledger itself.

    As of a point in the past it is shown as the desk knew it then, and beside that what is known
    otherwise now, by facts that were recorded late.
    """
    stream = seen_ticket(session, ticket)
    past = as_of.take(session)
    if past is not None:
        _show_then(session, stream, past)
        return
    loaded = session.desk.writer.streams.load(stream)
    if session.as_json:
        session.answer(_object(loaded))
    else:
        _tell(session, loaded)


def _show_then(session: Session, stream: str, past: Past) -> None:
    believed, known = then(session, stream, past)
    if session.as_json:
        told = None if believed is None else _object(believed)
        now = None if known is None else _object(known)
        names = differing(told or {}, now or {})
        answer = {"as_of": past_object(past), "believed": told, "known_now": now}
        session.answer({**answer, "differs": sorted(names)})
        return
    if believed is None:
        session.tell(session.say("then.unknown"))
    _tell(session, believed or known)
    if believed is not None and known is not None:
        for line in _known_otherwise(session, believed, known):
            session.tell(line)
    session.note(session.say("fresh.then", **told_past(session, past)))


def _known_otherwise(session: Session, believed: Loaded, known: Loaded) -> Iterator[str]:
    found = differing(_shown(session, believed.state), _shown(session, known.state))
    if found:
        yield session.say("then.known")
    for name, (before, after) in found.items():
        facts = {"then": before or NOTHING, "now": after or NOTHING}
        yield safe(session.say("then.differs", name=session.code("field", name), **facts))


def _tell(session: Session, loaded: Loaded | None) -> None:
    if loaded is not None:
        shown = _shown(session, loaded.state)
        shown |= {"version": str(loaded.version), "id": lookup.part(loaded.stream)}
        show_sheet(session, session.say("noun.ticket", name=loaded.number), shown)


def _object(loaded: Loaded) -> dict[str, Any]:
    """A ticket as JSON shows it; personal values are open, erased ones null."""
    state: TicketState = loaded.state
    status, since = state.status.held(state.latest_at)
    personal = present_personal(state)
    return {
        "number": loaded.number,
        "id": lookup.part(loaded.stream),
        "version": loaded.version,
        "kind": state.kind,
        "subject": personal.pop("subject", None),
        "status": status.value,
        "status_since": since,
        **_pause(state)._asdict(),
        "customer": state.customer,
        **state.party.present.model_dump(),
        "channel": state.channel,
        "inbox": state.inbox,
        **{name: held.present for name, held in state.attributes.items()},
        "tags": _tags(state),
        "fields": present_fields(state),
        "personal_fields": personal,
        "references": [one.model_dump(mode="json") for one in _references(state)],
        "participants": [
            one.model_dump(mode="json") for one in participants_at(state.participants)
        ],
        "due_at": state.due.present.at,
        "due_promised": state.due.present.promised,
        "escalation_level": state.escalation.level.present,
        "links": [link.model_dump(mode="json") for link in links_at(state.links)],
        "merged_into": None if state.merged is None else state.merged.into,
        "opened_at": state.began_at,
        "latest_at": state.latest_at,
    }


def _shown(session: Session, state: TicketState) -> dict[str, str]:
    """A ticket as people read it, by the names of what is told."""
    teller = Teller(session, state.attributes["type_code"].present)
    attributes = {name: held.present for name, held in state.attributes.items() if held.present}
    fields = field_values(teller, state)
    return {
        "subject": fields.pop("subject", ""),
        "status": _status(session, teller, state),
        "party": teller.value("party", state.party.present),
        "customer": teller.value("customer", state.customer),
        **{name: teller.value(name, value) for name, value in attributes.items()},
        "channel": _channel(teller, state),
        "tags": teller.value("tags", _tags(state)),
        **fields,
        "references": teller.value("references", _references(state)),
        "participants": teller.value("", tuple(participants_at(state.participants))),
        "due": teller.value("due", state.due.present.at),
        "escalation_level": str(state.escalation.level.present or ""),
        "links": teller.value("links", tuple(links_at(state.links))),
        "into": "" if state.merged is None else teller.value("into", state.merged.into),
        "opened_at": session.time(state.began_at),
    }


def _channel(teller: Teller, state: TicketState) -> str:
    told = teller.value("channel", state.channel)
    return told if state.inbox is None else f"{told} {teller.value('inbox', state.inbox)}"


def _status(session: Session, teller: Teller, state: TicketState) -> str:
    status, since = state.status.held(state.latest_at)
    what = session.code("status", status.value)
    told = session.say("since", what=what, since=session.time(since))
    pause = _pause(state)
    until = None if pause.until is None else session.time(pause.until)
    why = pause.reason and teller.codes.reason("TicketPaused", pause.reason, status.value)
    waits = " ".join(filter(None, (why, until)))
    return session.say("aside", what=told, aside=waits) if waits else told


def _pause(state: TicketState) -> Pause:
    """Why the ticket waits and until when; both null where it does not."""
    return state.pauses.present if state.status.present in PAUSED else Pause(None, None)


def _tags(state: TicketState) -> list[str]:
    return sorted(tag for tag, held in state.tags.items() if held.present)


def _references(state: TicketState) -> tuple[Reference, ...]:
    held = (timeline.present for timeline in state.references.values())
    return tuple(one for one in held if one is not None)
