"""The document of the desk itself: its zone, its languages, and the codes that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from deskledger.domain.configuration.document import Coded, Document, coded, twice
from deskledger.domain.configuration.faults import Fault, fault, nearest
from deskledger.domain.shapes import INTEGER_MAX, Frozen, Locale, Slug, absent
from deskledger.domain.sla.calendar_document import Name
from deskledger.domain.sla.durations import parse_duration
from deskledger.domain.sla.faults import wrong

CODES_MAX = 1_000


def _existing(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; use a name such as Asia/Shanghai") from None
    return zone


def _length(text: str) -> str:
    """A stretch of time as hours, minutes and seconds: `PT72H`."""
    length = parse_duration(text)
    if length.days is not None:
        raise wrong("duration_measured")
    if length.micros <= 0:
        raise wrong("duration_positive")
    return text


def _storable(value: JsonValue) -> JsonValue:
    """Refuse what a ledger cannot hold: fractions, integers too large, names that begin with $."""
    match value:
        case dict():
            if any(name.startswith("$") for name in value):
                raise ValueError("no name may begin with $")
            for inner in value.values():
                _storable(inner)
        case list():
            for inner in value:
                _storable(inner)
        case float():
            raise ValueError("write a fraction as text")
        case int() if abs(value) > INTEGER_MAX:
            raise ValueError("write an integer beyond 2^53 - 1 as text")
        case _:
            pass
    return value


class Tier(Coded):
    """A tier of service; its tickets stand before all others where it is ``front``."""

    front: bool = False


class Inbox(Coded):
    """An address, number or form of the desk; ``channel`` is that through which it receives."""

    channel: Slug | None = None


Listed = Annotated[tuple[Coded, ...], Field(min_length=1, max_length=CODES_MAX)] | None


class Reasons(Frozen):
    """Codes beside those that the software gives by itself, by what is done; null allows any."""

    assign: Listed = None
    pend: Listed = None
    hold: Listed = None
    resume: Listed = None
    reopen: Listed = None
    close: Listed = None
    prioritise: Listed = None
    due: Listed = None
    redact: Listed = None
    escalate: Listed = Field(default=None, exclude_if=absent)


class DeskDocument(Document):
    """What holds for the whole desk; a list of codes that is null allows any code of right form.

    Attributes:
        zone: the zone whose local dates are the desk's days.
        country: ISO 3166 code, for telephone numbers without a country.
        locales: languages in which the desk speaks to people, the first one by default.
        calendar: name of the calendar, of those published with the service levels, that says which
            time is the desk's business time.
        stuck_after: how long a step may last until a ticket counts as stuck in it; elapsed time.
        types: of tickets; each may have its own ``ticket-type`` of the same name.
        priorities: the lowest first; ``urgent`` goes before all others.
        extra: notes of other software, kept as they are.
    """

    format: Literal[2]
    zone: Annotated[str, AfterValidator(_existing)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\z")] | None = None
    locales: Annotated[tuple[Locale, ...], Field(min_length=1, max_length=50)] = ("en",)
    calendar: Name | None = Field(default=None, exclude_if=absent)
    stuck_after: Annotated[str, AfterValidator(_length)] | None = Field(
        default=None, exclude_if=absent
    )
    channels: Listed = None
    inboxes: Annotated[tuple[Inbox, ...], Field(min_length=1, max_length=CODES_MAX)] | None = None
    types: Listed = None
    priorities: Listed = None
    impacts: Listed = None
    urgencies: Listed = None
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=CODES_MAX)] | None = None
    stages: Listed = None
    tags: Listed = None
    resolutions: Listed = None
    reasons: Reasons = Reasons()
    extra: dict[str, Annotated[JsonValue, AfterValidator(_storable)]] = {}  # noqa: RUF012 - frozen

    @cached_property
    def codes(self) -> Mapping[str, frozenset[str] | None]:
        """The valid codes of each list, by its name; those of ``reasons`` by ``reasons.close``."""
        lists = {name: getattr(self, name) for name in CODE_LISTS}
        lists |= {f"reasons.{name}": getattr(self.reasons, name) for name in Reasons.model_fields}
        return MappingProxyType(
            {
                name: None if listed is None else frozenset(entry.code for entry in listed)
                for name, listed in lists.items()
            }
        )

    @classmethod
    def faults(cls, document: dict[str, Any]) -> Iterator[Fault]:
        """Codes that stand twice, and inboxes of channels that there are not."""
        for name in CODE_LISTS:
            yield from twice(coded(document, name), name)
        reasons = document.get("reasons")
        if isinstance(reasons, dict):
            for name in Reasons.model_fields:
                yield from twice(coded(reasons, name), "reasons", name)
        channels = {entry["code"] for _, entry in coded(document, "channels")}
        for index, inbox in coded(document, "inboxes") if document.get("channels") else ():
            channel = inbox.get("channel")
            if isinstance(channel, str) and channel not in channels:
                near = nearest(channel, channels)
                told = {"value": channel, "where": "channels", "nearest": near}
                yield fault(("inboxes", index, "channel"), "not_defined", **told)


CODE_LISTS = (
    "channels",
    "inboxes",
    "types",
    "priorities",
    "impacts",
    "urgencies",
    "tiers",
    "stages",
    "tags",
    "resolutions",
)
"""The members of the desk's document that list codes."""

_FORMAT_1 = frozenset({"zone", "country", "locales"})


def desk_format_2(document: dict[str, Any]) -> dict[str, Any]:
    """A document of format 1, which held anything beside zone, country and locales, as format 2."""
    known = {name: value for name, value in document.items() if name in _FORMAT_1}
    others = {n: v for n, v in document.items() if n not in _FORMAT_1 and n != "format"}
    return {"format": 2, **known, "extra": others}
