"""The desk's figures a second time: by definition, event by event, without SQL."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from deskledger.eventlog.records import StoredRecord

UNSETTLED = {"new", "open", "pending", "on_hold"}
MACHINES = {"customer", "bot", "rule", "policy", "model"}
WEEK, MONTH, SOON = timedelta(days=7), timedelta(days=30), timedelta(minutes=30)
STATUS_EVENTS = {
    "TicketActivated",
    "TicketPaused",
    "TicketSolved",
    "TicketReopened",
    "TicketClosed",
    "Merged",
}


class Fact(NamedTuple):
    """An event with what its commit says of it."""

    at: datetime
    version: int
    event: dict[str, Any]
    actor: dict[str, Any]
    on_behalf_of: dict[str, Any] | None

    @property
    def decider(self) -> str:
        by = self.event["by"]
        if by is not None and by["kind"] != "macro":
            return str(by["kind"])
        return str((self.on_behalf_of or self.actor)["kind"])

    @property
    def acting_agent(self) -> str | None:
        for person in (self.on_behalf_of, self.actor):
            if person is not None and person["kind"] == "agent":
                return str(person["id"])
        return None


@dataclass(frozen=True)
class Standing:
    """How a ticket stands."""

    status: str
    group: str | None
    agent: str | None
    type: str | None
    tier: str | None
    priority: str | None
    stage: str | None


class Value(NamedTuple):
    """A value of a figure, at the event that ends it."""

    figure: str
    at: datetime
    amount: int
    standing: Standing
    final_at: datetime | None = None


class Work(NamedTuple):
    """Something that goes to an agent's account."""

    figure: str
    at: datetime
    agent: str
    amount: int


@dataclass
class Episode:
    """An opening or reopening up to its settle."""

    began_at: datetime
    began: Standing
    contacts: list[datetime] = field(default_factory=list)
    assigned: list[datetime] = field(default_factory=list)
    time: dict[str, int] = field(default_factory=lambda: dict.fromkeys(UNSETTLED, 0))
    handled: dict[str, int] = field(default_factory=dict)
    hand_overs: int = 0
    settled_at: datetime | None = None
    settled: Standing | None = None
    discarded: bool = False
    automated: bool = False
    solver: str | None = None
    never_assigned: bool = False
    reopened_at: datetime | None = None
    reopen_reason: str | None = None


@dataclass
class Ticket:
    """What is known of a ticket from its own events."""

    id: str
    opening: dict[str, Any]
    opened_at: datetime
    standings: list[tuple[datetime, Standing]]
    episodes: list[Episode]
    values: list[Value]
    first_contact: tuple[datetime, Standing] | None = None
    given: list[tuple[datetime, Standing, bool]] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)


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
    told = [fact for fact in facts if fact.event["type"] != "CommandAnswered"]
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


def values(tickets: Sequence[Ticket]) -> Iterator[tuple[Ticket, Value]]:
    """Every value of every ticket."""
    follow_ups: dict[str, list[datetime]] = {}
    customers: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        origin, customer = ticket.opening["origin"], ticket.opening["customer"]
        if customer is not None:
            customers.setdefault(customer, []).append(ticket)
        if origin is not None and origin["relation"] == "follow_up_of":
            follow_ups.setdefault(origin["ticket"], []).append(ticket.opened_at)
    for ticket in tickets:
        for value in ticket.values:
            yield ticket, value
        if ticket.first_contact is not None and ticket.opening["direction"] == "in":
            at, standing = ticket.first_contact
            yield ticket, Value("first_response_time", at, micros(at - ticket.opened_at), standing)
        for index, (at, standing, moved) in enumerate(ticket.given):
            if moved:
                wrong = any(
                    later <= at + SOON and new.group is not None and new.group != standing.group
                    for later, new, _ in ticket.given[index + 1 :]
                )
                yield ticket, Value("wrong_assignment", at, int(wrong), standing, at + SOON)
        others = customers.get(ticket.opening["customer"], [])
        yield from _settles(ticket, others, follow_ups.get(ticket.id, []))


def _settles(
    ticket: Ticket, others: Sequence[Ticket], follow_ups: list[datetime]
) -> Iterator[tuple[Ticket, Value]]:
    lived = net = 0
    for number, episode in enumerate(ticket.episodes):
        lived += sum(episode.time.values())
        net += episode.time["new"] + episode.time["open"]
        at, standing = episode.settled_at, episode.settled
        if at is None or standing is None:
            continue
        if episode.discarded:
            yield ticket, Value("discarded", at, 1, standing)
            continue
        again = episode.reopened_at
        came_back = any(at < opened <= at + WEEK for opened in follow_ups) or (
            again is not None and again <= at + WEEK and episode.reopen_reason != "mistake"
        )
        told = {
            "settled": 1,
            "resolution_time": lived,
            "net_resolution_time": net,
            "handling_time": sum(episode.handled.values()),
            **_steps(episode, at),
            **{f"time_{status}": lasted for status, lasted in episode.time.items()},
            "automation_share": int(episode.automated),
            "never_assigned": int(episode.never_assigned),
        }
        for figure, amount in told.items():
            yield ticket, Value(figure, at, amount, standing)
        yield ticket, Value("reopen_rate", at, int(came_back), standing, at + WEEK)
        if number == 0 and not episode.automated:
            once = len(episode.contacts) <= 1 and not came_back
            yield ticket, Value("first_contact_resolution", at, int(once), standing, at + WEEK)
        repeated = any(
            other.opening["kind"] == "request"
            and other.opening["type_code"] == standing.type
            and at < other.opened_at <= at + MONTH
            for other in others
        )
        yield ticket, Value("repeat_rate", at, int(repeated), standing, at + MONTH)


def _steps(episode: Episode, settled_at: datetime) -> dict[str, int]:
    a = min([*episode.assigned, settled_at])
    r = max(a, min([*episode.contacts, settled_at]))
    return {
        "time_to_assignment": micros(a - episode.began_at),
        "time_to_response": micros(r - a),
        "time_to_solution": micros(settled_at - r),
    }


def works(ticket: Ticket) -> Iterator[Work]:
    """Everything in a ticket's life that goes to an agent's account."""
    yield from ticket.work
    for episode in ticket.episodes:
        if episode.settled_at is None or episode.discarded:
            continue
        if episode.solver is not None:
            yield Work("credited_settles", episode.settled_at, episode.solver, 1)
            if episode.reopened_at is not None:
                yield Work("credited_reopenings", episode.reopened_at, episode.solver, 1)
        for agent, lasted in episode.handled.items():
            if lasted:
                yield Work("handling_share", episode.settled_at, agent, lasted)


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
