"""Desks that name a calendar, and service levels that have it, published at any time."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from deskledger.domain.configuration.events import Published, Withdrawn
from deskledger.domain.configuration.service_policy import ServicePolicy
from tests.projections.records import NOON, Book
from tests.sla.build import calendars

NAMES = ("office", "late")
MONDAY = date(2026, 3, 2)


class Publication(NamedTuple):
    """Something that is published, so many hours after noon; or withdrawn again."""

    stream: str
    hours: int
    document: dict[str, Any]
    withdraws: bool


def _public_days() -> st.SearchStrategy[dict[str, Any]]:
    dates = st.lists(st.integers(-6, 12).map(lambda n: (MONDAY + timedelta(n)).isoformat()))
    known = st.integers(-3, 12).map(lambda n: (MONDAY + timedelta(n)).isoformat())
    return st.fixed_dictionaries(
        {"source": st.just("told"), "known_until": known, "holidays": dates, "make_up": dates}
    )


@st.composite
def _levels(draw: st.DrawFn) -> dict[str, Any]:
    found = {}
    for name in draw(st.sets(st.sampled_from(NAMES), min_size=1)):
        calendar = draw(calendars(MONDAY))
        calendar["weekly"]["mon"] = ["09:00-17:30"]
        if draw(st.booleans()):
            calendar["public_holidays"] = "CN"
        found[name] = calendar
    public = {"CN": draw(_public_days())}
    document = {"format": 1, "calendars": found, "policies": [], "public_days": public}
    return ServicePolicy.model_validate(document).written()


@st.composite
def _publications(draw: st.DrawFn, zone: str) -> Publication:
    named = draw(st.sampled_from((*NAMES, *NAMES, "always", None)))
    limit = draw(st.sampled_from((None, "PT20M", "PT5H30M", "PT26H")))
    desk = {"format": 2, "zone": zone, "calendar": named, "stuck_after": limit}
    stream = draw(st.sampled_from(("desk", "service-policy/default")))
    document = desk if stream == "desk" else draw(_levels())
    return Publication(stream, draw(st.integers(-72, 240)), document, draw(st.integers(0, 5)) == 0)


def publications(zone: str) -> st.SearchStrategy[list[Publication]]:
    """What is published of a desk in a zone: nothing, a little, or often."""
    return st.lists(_publications(zone), max_size=6)


def desk_with(
    calendar: str | None, *, version: int, hours: float = 0, stuck_after: str | None = None
) -> Published:
    """A version of a desk in UTC that names a calendar, so many hours after noon."""
    document = {"format": 2, "zone": "UTC", "calendar": calendar, "stuck_after": stuck_after}
    return published(version, hours, document)


def levels_with(calendar: dict[str, Any], *, version: int, hours: float = 0) -> Published:
    """A version of service levels with a calendar named office."""
    public = {
        "source": "told",
        "known_until": "2026-03-03",
        "holidays": ["2026-03-03"],
        "make_up": [],
    }
    calendars = {"office": {"zone": "UTC", **calendar}}
    document = {"format": 1, "calendars": calendars, "policies": [], "public_days": {"CN": public}}
    return published(version, hours, document)


def published(version: int, hours: float, document: dict[str, Any]) -> Published:
    return Published(
        occurred_at=NOON + timedelta(hours=hours),
        by=None,
        version=version,
        document=document,
        scope=None,
        note=None,
    )


def publish(book: Book, stated: list[Publication]) -> None:
    """Records it, each stream in order of time."""
    numbers = {"desk": 1, "service-policy/default": 0}
    for one in sorted(stated, key=lambda each: each.hours):
        at = NOON + timedelta(hours=one.hours)
        number = numbers[one.stream]
        if one.withdraws and number > 1:
            book.commit(one.stream, [Withdrawn(occurred_at=at, by=None, version=number)])
            continue
        numbers[one.stream] = number + 1
        book.commit(one.stream, [published(number + 1, one.hours, one.document)])
