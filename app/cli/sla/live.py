"""Why the clocks of a ticket show what they show, and whether that is what was recorded."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.command import command
from deskledger.app.cli.ledger.story import Told, story
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.telling import Teller
from deskledger.app.cli.sla.explaining import Explainer
from deskledger.app.cli.sla.explanation_data import Sources, explanation_object
from deskledger.app.cli.sla.gone import Gone, cause_of, gone_object, told_gone
from deskledger.app.cli.sla.history import Source, SourcedHistory, sourced_history, version_of
from deskledger.app.cli.sla.recorded import Record, record_object, told_record, unrecorded
from deskledger.app.cli.ticket.options import TicketName
from deskledger.app.cli.ticket.seeing import seen_ticket
from deskledger.domain.configuration.policy_history import (
    POLICY_STREAM,
    PolicyHistory,
    policy_history,
)
from deskledger.domain.errors import InvalidInput
from deskledger.domain.sla.explanation.explaining import explain
from deskledger.domain.sla.explanation.lines import Explanation
from deskledger.domain.sla.instants import instant_of, micros_of
from deskledger.domain.sla.policy import Metric
from deskledger.domain.ticket.clock_events import AnyClockEvent, ClockEvent
from deskledger.domain.ticket.recorded_clocks import ClockKey


class Found(NamedTuple):
    """What there is to tell of a ticket.

    Attributes:
        at: the moment that is looked at.
        unrecorded: what would be recorded of the clocks now; None where another time is asked for.
    """

    told: Sequence[Told]
    policies: PolicyHistory
    history: SourcedHistory
    at: int
    explanations: Sequence[Explanation]
    unrecorded: Sequence[AnyClockEvent] | None


@command
def explain_clocks(
    session: Session,
    ticket: TicketName,
    *,
    metric: Annotated[Metric | None, typer.Option(help="Only the clocks of this metric.")] = None,
    instance: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the N-th clock of its metric.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="As the clocks stood then.")
    ] = None,
) -> None:
    """Say of each clock of a ticket why it shows what it shows, line by line.

    Start, policy and version, target, every stretch that was counted with the hours and holidays of
    its dates, pauses, what they did to the due time, breach, marks, and what was recorded when. The
    stretches add up to what was used. As of another time, what is known now about then is told.
    """
    stream = seen_ticket(session, ticket)
    policies = policy_history(session.desk.writer.streams.load(POLICY_STREAM).state)
    if policies is None:
        raise InvalidInput("No service levels were published: no ticket has clocks.")
    found = _found(session, stream, policies, at)

    def is_wanted(key: ClockKey) -> bool:
        return metric in (None, key[0]) and instance in (None, key[1])

    wanted = [one for one in found.explanations if is_wanted(_key(one))]
    gone = [one for one in _gone(found) if is_wanted(one.key)]
    if session.as_json:
        number = session.desk.ledger.number_of(stream)
        told = {"number": number, "id": lookup.part(stream), "at": instant_of(found.at)}
        clocks = [_object(found, one) for one in wanted]
        session.answer({**told, "clocks": [*clocks, *map(gone_object, gone)]})
        return
    parts = [*_explained(session, found, wanted), *(told_gone(session, one) for one in gone)]
    session.tell("\n\n".join(parts) or session.say("explain.none"))


def _explained(session: Session, found: Found, wanted: Sequence[Explanation]) -> Iterator[str]:
    """Each explanation as people read it, with what was recorded of its clock."""
    explainer = Explainer(session, _names(session, found))
    for one in wanted:
        recorded = told_record(session, _record(found, _key(one)), ZoneInfo(one.zone))
        yield f"{explainer.told(one)}\n{recorded}"


def _found(session: Session, stream: str, policies: PolicyHistory, at: str | None) -> Found:
    """The explanations of all clocks of a ticket, and what they were made from."""
    now = session.desk.clock()
    asked = now if at is None else values.instant(at, session.zone)
    told = story(session.desk, stream)
    until = micros_of(asked)
    history = sourced_history(told, policies, until)
    explanations = explain(history.steps, history.rules, until)
    missing = unrecorded(session.desk, stream, now) if at is None else None
    return Found(told, policies, history, until, explanations, missing)


def _record(found: Found, key: ClockKey) -> Record:
    """What was recorded of a clock, and what is not yet."""
    at = instant_of(found.at)
    recorded = [
        told
        for told in found.told
        if isinstance(told.event, ClockEvent)
        and (told.event.metric, told.event.instance) == key
        and told.event.occurred_at <= at
    ]
    if found.unrecorded is None:
        return Record(recorded, None)
    missing = [event for event in found.unrecorded if (event.metric, event.instance) == key]
    return Record(recorded, missing)


def _gone(found: Found) -> list[Gone]:
    """The clocks that were recorded once and that there are not."""
    events = [told.event for told in found.told]
    keys = {(one.metric, one.instance): None for one in events if isinstance(one, ClockEvent)}
    there = set(map(_key, found.explanations))
    records = [(key, _record(found, key)) for key in keys if key not in there]
    return [
        Gone(key, record, cause_of(found.told, record)) for key, record in records if record.events
    ]


def _key(one: Explanation) -> ClockKey:
    return one.view.metric, one.view.instance


def _object(found: Found, one: Explanation) -> dict[str, Any]:
    history = found.history

    def rules(publication: int | None) -> int | None:
        if publication is None:
            return version_of(found.policies, history.rules)
        return history.sources[publication].version

    sources = Sources(lambda step: _source(history.sources[step]), rules)
    return {**explanation_object(one, sources), **record_object(_record(found, _key(one)))}


def _source(source: Source) -> dict[str, Any]:
    """What is behind a step, as JSON shows it."""
    told = source.told
    if told is None:
        return {"policy_version": source.version}
    return {"version": source.version, "type": told.event.type, "actor": told.actor.written()}


def _names(session: Session, found: Found) -> Sources:
    """What people read for a step: the event and who did it, or the published version."""
    teller, history = Teller(session), found.history

    def rules(publication: int | None) -> str:
        version = version_of(found.policies, history.rules)
        if publication is not None:
            version = history.sources[publication].version
        return session.say("explain.version", version=version)

    def step(index: int) -> str:
        source = history.sources[index]
        if source.told is None:
            return rules(index)
        event, who = teller.title(source.told), teller.who(source.told)
        return session.say("explain.event", version=source.version, event=event, who=who)

    return Sources(step, rules, teller.value)
