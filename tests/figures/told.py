"""Tickets told event by event, with times in minutes after noon of Monday, 2 March 2026."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from deskledger.domain.configuration.events import Published
from deskledger.domain.report.period import Days
from deskledger.domain.shapes import instant_text
from deskledger.projections.figures import Figure, FiguresAsked, figures
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.projections.records import DESK, NOON, Book, ticket_stream

LATER = datetime(2027, 1, 1, tzinfo=UTC)
MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
DAY = 24 * 60
NOBODY = (None, None)
FIRST = ticket_stream(0).partition("/")[2]
ANN, BOB, ZOE = "ann", "bob", "zoe"
AS_ANN = {"kind": "agent", "id": ANN}
AS_BOB = {"kind": "agent", "id": BOB}
AS_BOT = {"kind": "bot", "id": "greeter"}
AS_CUSTOMER = {"kind": "customer", "id": ZOE}
AS_SYSTEM = {"kind": "system", "id": "closer"}
Event = dict[str, Any]
Told = tuple[Mapping[str, Any], Sequence[Event]]
MINUTE = 60_000_000


def opened(at: float = 0, **stated: Any) -> Event:
    """A ticket begins: a customer's email to the intake, unless something else is stated."""
    usual: dict[str, Any] = {
        "kind": "request",
        "customer": ZOE,
        "channel": "email",
        "inbox": None,
        "direction": "in",
        "subject": None,
        "language": None,
        "type_code": None,
        "category": [],
        "impact": None,
        "urgency": None,
        "priority": None,
        "tier": None,
        "stage": None,
        "status": "new",
        "party": {"group": None, "agent": None},
        "tags": [],
        "fields": {},
        "personal_fields": None,
        "references": [],
        "ticket_type": {"kind": "ticket-type", "id": "default", "version": 0},
        "workflow": {"kind": "workflow", "id": "default", "version": 0},
        "step": "new",
        "variant": None,
        "form": None,
        "origin": None,
    }
    return event("TicketOpened", at, **{**usual, **stated})


def status(kind: str, at: float, before: str, after: str, **stated: Any) -> Event:
    """The status changes by an event of this kind."""
    usual: dict[str, Any] = {"reason": "told"}
    match kind:
        case "TicketSolved":
            usual = {"resolution": "fixed", "note": None, "solver": None}
        case "TicketReopened":
            usual |= {"solver": None}
        case "TicketPaused":
            usual |= {"until": None}
    return event(kind, at, status=change(before, after), **{**usual, **stated})


def given(at: float, before: Sequence[str | None], after: Sequence[str | None]) -> Event:
    """The party changes; parties are groups and agents."""
    parties = [{"group": group, "agent": agent} for group, agent in (before, after)]
    return event("TicketAssigned", at, party=change(*parties), reason="manual", considered=None)


def replied(at: float, agent: str = ANN) -> Event:
    """An agent writes to the customer."""
    contact = {
        "interaction": f"reply {at}",
        "opening": False,
        "channel": "email",
        "inbox": None,
        "direction": "out",
        "author": {"kind": "agent", "id": agent},
        "text": None,
        "format": "plain",
        "language": None,
        "attachments": [],
        "thread": None,
        "used": [],
        "to": None,
        "cc": None,
    }
    return event("ReplySent", at, **contact)


def available(at: float, before: str, after: str) -> Event:
    """An agent's availability changes."""
    stated = {"channels": None, "planned": False, "reason": None}
    return event("AgentAvailabilityChanged", at, availability=change(before, after), **stated)


def change(before: Any, after: Any) -> dict[str, Any]:
    return {"before": before, "after": after, "since": instant_text(NOON)}


def event(name: str, at: float, /, **stated: Any) -> Event:
    return {"type": name, "v": 1, "occurred_at": instant(at), "by": None, **stated}


def instant(at: float) -> str:
    """So many minutes after noon, as events have it."""
    return instant_text(NOON + timedelta(minutes=at))


def tell(
    directory: Path,
    *tickets: Sequence[Told],
    zone: str = "UTC",
    others: Mapping[str, Sequence[Event | Published]] = MappingProxyType({}),
) -> ProjectionStore:
    """A store whose desk has these tickets, each a list of commits: who acted, and the events.

    `others` are the events of other streams, each a commit.
    """
    book = Book()
    book.commit("desk", [zoned(zone)])
    for stream, events in others.items():
        book.commit(stream, events)
    for number, commits in enumerate(tickets):
        for actor, events in commits:
            book.commit(ticket_stream(number), events, actor=actor)
    store = ProjectionStore.open(directory / "told.duckdb", DESK)
    store.apply(book.records, Stager(book.keys.data_keys))
    return store


def zoned(zone: str) -> Published:
    """The desk's configuration with its zone."""
    document = {"format": 1, "zone": zone}
    return Published(occurred_at=NOON, by=None, version=1, document=document, scope=None, note=None)


def counted(
    store: ProjectionStore, *, days: Days = MARCH, known_at: datetime = LATER
) -> dict[str, Figure]:
    """All figures of some days, by name."""
    asked = FiguresAsked(days, "whole", known_at)
    return {one.figure: one for one in figures(store, asked).value}


@contextmanager
def told(directory: Path, *tickets: Sequence[Told], **asked: Any) -> Iterator[dict[str, Figure]]:
    """The figures of tickets that were told."""
    with tell(directory, *tickets) as store:
        yield counted(store, **asked)


def rate(figure: Figure) -> tuple[int, int, bool]:
    return figure.sum, figure.n, figure.provisional
