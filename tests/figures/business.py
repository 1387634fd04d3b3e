"""Business time a second time: day by day, by the calendars of domain/sla."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from deskledger.domain.configuration.documents import SERVICE_POLICY
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.calendar_document import EVERY_DAY
from deskledger.domain.sla.durations import parse_duration
from deskledger.domain.sla.instants import day_of, micros_of
from deskledger.eventlog.records import StoredRecord
from tests.figures.lives import Episode, Ticket, Value

STREAMS = {"desk": "desk", "service-policy/default": "levels"}
OPEN_END = datetime(9999, 12, 31, tzinfo=UTC)


class Version(NamedTuple):
    """A published version of the desk, or of its service levels."""

    kind: str
    number: int
    document: dict[str, Any]
    published_at: datetime
    withdrawn_at: datetime | None


class Hours(NamedTuple):
    """What counts a day."""

    calendar: Calendar
    is_known: bool


class DeskTime:
    """Which calendar counts which day, and what it measures."""

    def __init__(self, records: Iterable[StoredRecord], zone: ZoneInfo) -> None:
        self.zone = zone
        self.versions = list(_versions(records))
        times = {at for one in self.versions for at in (one.published_at, one.withdrawn_at)}
        self.changes = sorted(at for at in times if at is not None)
        self.hours = cache(self._hours)
        self.whole = cache(self._whole)

    def worked(self, began_at: datetime, ended_at: datetime) -> int:
        """Business time between two instants, in microseconds."""
        first, last = (at.astimezone(self.zone).date() for at in (began_at, ended_at))
        if first == last:
            return self._part(first, began_at, ended_at)
        total = self._part(first, began_at, self.begin(first, 1))
        for number in range(first.toordinal() + 1, last.toordinal()):
            total += self.whole(date.fromordinal(number))
        return total + self._part(last, self.begin(last), ended_at)

    def _whole(self, day: date) -> int:
        return self._part(day, self.begin(day), self.begin(day, 1))

    def _part(self, day: date, began_at: datetime, ended_at: datetime) -> int:
        hours = self.hours(day)
        if hours is None:
            return 0
        return hours.calendar.worked(micros_of(began_at), micros_of(ended_at))

    def step_limit(self, at: datetime) -> timedelta | None:
        """How long a step may last, as the desk's document in force at an instant says."""
        held = [
            one
            for one in self.versions
            if one.kind == "desk" and one.published_at <= at
            if one.withdrawn_at is None or at < one.withdrawn_at
        ]
        stated = held[-1].document.get("stuck_after") if held else None
        return None if stated is None else timedelta(microseconds=parse_duration(stated).micros)

    def _hours(self, day: date) -> Hours | None:
        begun = self.begin(day)
        first = max((at for at in self.changes if at <= begun), default=None)
        since = [at for at in self.changes if first is None or at >= first]
        found = [hours for at in since if (hours := self._held(at, day)) is not None]
        return next((one for one in found if one.is_known), found[0] if found else None)

    def _held(self, at: datetime, day: date) -> Hours | None:
        """What was in force at an instant, as it knows a day."""
        held = {
            one.kind: one
            for one in self.versions
            if one.published_at <= at and (one.withdrawn_at is None or at < one.withdrawn_at)
        }
        name: Any = held["desk"].document.get("calendar") if "desk" in held else None
        document: Any = held["levels"].document if "levels" in held else None
        if name == "always":
            return Hours(EVERY_DAY, is_known=True)
        if document is None or name not in document["calendars"]:
            return None
        calendar = _levels(document)[name]
        public = calendar.hours.public
        return Hours(calendar, public is None or day_of(day) <= public.known_until)

    def begin(self, day: date, later: int = 0) -> datetime:
        """The first instant whose local date is the day, or one after it."""
        at = datetime.combine(day + timedelta(days=later), datetime.min.time(), self.zone)
        return at.astimezone(UTC)


def _levels(document: dict[str, Any]) -> dict[str, Calendar]:
    read = SERVICE_POLICY.read(document)
    assert isinstance(read, ServicePolicy)
    return dict(read.rules.calendars)


def _versions(records: Iterable[StoredRecord]) -> Iterator[Version]:
    found: dict[tuple[str, int], Version] = {}
    for record in records:
        kind = STREAMS.get(record.stream)
        if kind is None or record.version is None:
            continue
        for event in orjson.loads(record.value)["events"]:
            if event["type"] not in {"Published", "Withdrawn"}:
                continue
            at = datetime.fromisoformat(event["occurred_at"])
            key = kind, event["version"]
            if event["type"] == "Withdrawn":
                found[key] = found[key]._replace(withdrawn_at=at)
            else:
                found[key] = Version(*key, event["document"], at, None)
    # The later of two versions in force wins.
    return iter(sorted(found.values(), key=lambda one: one.number))


def steps_of(episode: Episode, settled_at: datetime) -> tuple[datetime, datetime]:
    """When an episode was assigned, and when it was responded to, at most at its settle."""
    a = min([*episode.assigned, settled_at])
    return a, max(a, min([*episode.contacts, settled_at]))


def business_values(ticket: Ticket, desk_time: DeskTime | None) -> Iterator[Value]:
    """Every time of a ticket in business time, where a calendar counts the day that it ends on."""
    if desk_time is None:
        return
    if ticket.first_contact is not None and ticket.opening["direction"] == "in":
        at, standing = ticket.first_contact
        told = {"first_response_time": desk_time.worked(ticket.opened_at, at)}
        yield from _valued(told, at, standing, desk_time)
    lived = {"unsettled": 0, "net": 0}
    for episode in ticket.episodes:
        time = dict.fromkeys(("new", "open", "pending", "on_hold", "handled"), 0)
        for span in episode.spans:
            worked = desk_time.worked(span.began_at, span.ended_at)
            time[span.status] += worked
            time["handled"] += worked * span.handled
            lived["unsettled"] += worked
            lived["net"] += worked * (span.status in {"new", "open"})
        at_settle = episode.settled_at
        if at_settle is None or episode.settled is None or episode.discarded:
            continue
        a, r = steps_of(episode, at_settle)
        told = {
            "resolution_time": lived["unsettled"],
            "net_resolution_time": lived["net"],
            "handling_time": time.pop("handled"),
            "time_to_assignment": desk_time.worked(episode.began_at, a),
            "time_to_response": desk_time.worked(a, r),
            "time_to_solution": desk_time.worked(r, at_settle),
            **{f"time_{status}": worked for status, worked in time.items()},
        }
        yield from _valued(told, at_settle, episode.settled, desk_time)


def _valued(
    told: dict[str, int], at: datetime, standing: Any, desk_time: DeskTime
) -> Iterator[Value]:
    hours = desk_time.hours(at.astimezone(desk_time.zone).date())
    if hours is not None:
        final_at = None if hours.is_known else OPEN_END
        for figure, amount in told.items():
            yield Value(f"business_{figure}", at, amount, standing, final_at)
