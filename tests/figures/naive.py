"""The desk's figures a second time: by definition, event by event, without SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson

from deskledger.eventlog.records import StoredRecord
from tests.figures.attainment import is_of_a_clock, promises
from tests.figures.lives import UNSETTLED, Episode, Fact, Span, Standing, Ticket, Value, Work

MACHINES = {"customer", "bot", "rule", "policy", "model"}
STATUS_EVENTS = {
    "TicketActivated",
    "TicketPaused",
    "TicketSolved",
    "TicketReopened",
    "TicketClosed",
    "Merged",
}


def tickets_of(records: Iterable[StoredRecord]) -> list[Ticket]:
    """Every ticket whose events the records hold."""
    facts: dict[str, list[Fact]] = {}
    for record in records:
        if record.version is None or not record.stream.startswith("ticket/"):
            continue
        commit = orjson.loads(record.value)
        for version, event in enumerate(commit["events"], record.version):
            at = datetime.fromisoformat(event["occurred_at"])
            fact = Fact(at, version, event, commit["actor"], commit["on_behalf_of"])
            facts.setdefault(record.stream, []).append(fact)
    return [_ticket(stream.partition("/")[2], found) for stream, found in facts.items()]


def _ticket(name: str, facts: list[Fact]) -> Ticket:
    of_clocks = [fact.event for fact in facts if is_of_a_clock(fact.event)]
    told = [
        fact
        for fact in facts
        if fact.event["type"] != "CommandAnswered" and not is_of_a_clock(fact.event)
    ]
    told.sort(key=lambda fact: fact[:2])
    first = told[0]
    opening = first.event
    names = ("type_code", "tier", "priority", "stage")
    party = opening["party"]
    now = Standing(
        opening["status"], party["group"], party["agent"], *(opening[name] for name in names)
    )
    ticket = Ticket(name, opening, first.at, [(first.at, now)], [Episode(first.at, now)], [])
    ticket.values.append(Value("opened", first.at, 1, now))
    ticket.promises.extend(promises(of_clocks))
    if now.group or now.agent:
        ticket.given.append((first.at, now, True))
    if now.agent:
        ticket.episodes[0].assigned.append(first.at)
    walk = _Walk(ticket, now, ever_assigned=bool(now.agent), taken=bool(now.agent))
    if now.agent:
        ticket.work.append(Work("assignments", first.at, now.agent, 1))
    for before, fact in pairwise(told):
        walk.lapse(before.at, fact.at)
        walk.tell(fact)
    return ticket


class _Walk:
    """A walk through a ticket's life, one fact after the other."""

    def __init__(self, ticket: Ticket, now: Standing, *, ever_assigned: bool, taken: bool) -> None:
        self.ticket = ticket
        self.now = now
        self.ever_assigned = ever_assigned
        self.taken = taken

    @property
    def episode(self) -> Episode:
        return self.ticket.episodes[-1]

    def lapse(self, began_at: datetime, ended_at: datetime) -> None:
        """Time passes while the ticket stands as it does."""
        if self.now.status not in UNSETTLED:
            return
        lasted = micros(ended_at - began_at)
        self.episode.time[self.now.status] += lasted
        is_handled = self.now.status == "open" and self.now.agent is not None
        self.episode.spans.append(Span(self.now.status, is_handled, began_at, ended_at))
        if self.now.status == "open" and self.now.agent is not None:
            handled = self.episode.handled
            handled[self.now.agent] = handled.get(self.now.agent, 0) + lasted

    def tell(self, fact: Fact) -> None:
        event = fact.event
        kind = event["type"]
        self.ticket.work += _contact_work(fact)
        if _counted_contact(event):
            if self.now.status in UNSETTLED:
                self.episode.contacts.append(fact.at)
            if self.ticket.first_contact is None:
                self.ticket.first_contact = (fact.at, self.now)
        elif kind == "TicketAssigned":
            self._assign(fact)
        elif kind in STATUS_EVENTS:
            self._change_status(fact)
        elif kind in {"TicketClassified", "TicketPrioritised"}:
            said = {
                name: event[key]["after"]
                for key, name in (
                    ("type_code", "type"),
                    ("tier", "tier"),
                    ("priority", "priority"),
                    ("stage", "stage"),
                )
                if event.get(key) is not None
            }
            self.now = replace(self.now, **said)
        self.ticket.standings.append((fact.at, self.now))

    def _assign(self, fact: Fact) -> None:
        after = fact.event["party"]["after"]
        before, self.now = self.now, replace(self.now, group=after["group"], agent=after["agent"])
        now = self.now
        moved = (before.group, before.agent) != (now.group, now.agent)
        if now.group or now.agent:
            self.ticket.given.append((fact.at, now, moved))
        if self._is_hand_over(before, now):
            self.ticket.values.append(Value("hand_over", fact.at, 1, now))
            if now.status in UNSETTLED:
                self.episode.hand_overs += 1
        if now.agent is not None and now.agent != before.agent:
            name = "takes" if fact.event["reason"] == "taken" else "assignments"
            self.ticket.work.append(Work(name, fact.at, now.agent, 1))
        if before.group != now.group:
            self.taken = False
        if now.agent is not None:
            self.taken = self.ever_assigned = True
            if now.status in UNSETTLED:
                self.episode.assigned.append(fact.at)

    def _is_hand_over(self, before: Standing, now: Standing) -> bool:
        was, became = _responsible(before), _responsible(now)
        if was is None or became is None or was == became:
            return False
        is_take = before.agent is None and now.agent is not None and before.group == now.group
        return not (is_take and not self.taken)

    def _change_status(self, fact: Fact) -> None:
        event = fact.event
        if event["status"] is None:
            return
        before, self.now = self.now, replace(self.now, status=event["status"]["after"])
        was, became = before.status in UNSETTLED, self.now.status in UNSETTLED
        if was and not became:
            self._settle(fact)
        if not was and became:
            self.episode.reopened_at = fact.at
            self.episode.reopen_reason = event["reason"]
            self.ticket.episodes.append(Episode(fact.at, self.now))
            self.ticket.values.append(Value("reopened", fact.at, 1, self.now))
            if self.now.agent is not None:
                self.episode.assigned.append(fact.at)

    def _settle(self, fact: Fact) -> None:
        event, episode = fact.event, self.episode
        closed = event["type"] != "TicketSolved"
        episode.settled_at, episode.settled = fact.at, self.now
        reason = event.get("reason")
        episode.discarded = event["type"] == "Merged" or reason in {"spam", "duplicate", "test"}
        episode.never_assigned = not self.ever_assigned
        machine = fact.decider in MACHINES or reason == "timeout"
        episode.automated = machine and not episode.contacts
        if not closed:
            episode.solver = event["solver"]
        elif fact.decider in {"rule", "policy", "model"}:
            episode.solver = self.now.agent
        else:
            episode.solver = fact.acting_agent or self.now.agent


def _contact_work(fact: Fact) -> Iterator[Work]:
    event = fact.event
    if event["type"] in {"ReplySent", "NoteAdded"} and event["author"]["kind"] == "agent":
        name = "replies" if event["type"] == "ReplySent" else "notes"
        yield Work(name, fact.at, event["author"]["id"], 1)
    if event["type"] == "CallLogged" and event["agent"] is not None:
        yield Work("calls", fact.at, event["agent"], 1)
        if event["answered"]:
            began, ended = (datetime.fromisoformat(event[f"{e}_at"]) for e in ("started", "ended"))
            yield Work("talk_time", fact.at, event["agent"], micros(ended - began))


def _counted_contact(event: dict[str, Any]) -> bool:
    if event["type"] == "ReplySent":
        return bool(event["author"]["kind"] == "agent")
    return bool(event["type"] == "CallLogged" and event["answered"] and event["agent"] is not None)


def _responsible(standing: Standing) -> tuple[str, str] | None:
    if standing.agent is not None:
        return "agent", standing.agent
    return None if standing.group is None else ("group", standing.group)


def micros(span: timedelta) -> int:
    """A span in whole microseconds."""
    return span // timedelta(microseconds=1)
