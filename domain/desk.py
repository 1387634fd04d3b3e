"""The desk's own configuration: published versions in the stream ``desk``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from deskledger.domain.commands import Command
from deskledger.domain.context import Context
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.moments import moment, refuse_late
from deskledger.domain.shapes import Count, Decimal, Frozen, Id, Line, Locale


class Scope(Frozen):
    """For whom a version is in force: some groups, a share of the tickets, or both."""

    groups: tuple[Id, ...] | None
    share: Decimal | None


class Published(Event):
    """A version of a configuration was put in force; it never changes.

    Attributes:
        version: 1, 2, 3 … within the configuration, not the event's place in the stream.
        document: the configuration, with its own ``format`` number.
        scope: for whom; null for everybody.
    """

    type: Literal["Published"] = "Published"
    v: Literal[1] = 1
    version: Count
    document: dict[str, Any]
    scope: Scope | None
    note: str | None


class Withdrawn(Event):
    """A version of a configuration is no longer in force."""

    type: Literal["Withdrawn"] = "Withdrawn"
    v: Literal[1] = 1
    version: Count


DeskEvent = Published | Withdrawn | CommandAnswered


def _existing(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; use a name such as Asia/Shanghai") from None
    return zone


class DeskDocument(BaseModel):
    """What the desk's configuration must hold; further members are kept as they are.

    Attributes:
        zone: the zone whose local dates are the desk's days.
        country: ISO 3166 code, for telephone numbers without a country.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    format: Literal[1]
    zone: Annotated[str, AfterValidator(_existing)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\z")] | None = None
    locales: Annotated[tuple[Locale, ...], Field(min_length=1, max_length=50)] = ("en",)


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    DeskDocument.model_validate(document)
    return document


class PublishDesk(Command):
    """Put a configuration of the desk in force."""

    type: Literal["PublishDesk"] = "PublishDesk"
    document: Annotated[dict[str, Any], AfterValidator(_checked)]
    note: Line | None = None


@dataclass(frozen=True, slots=True)
class DeskState:
    """The configuration in force.

    Attributes:
        published: number of the latest published version.
        document: null while no version is in force.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    published: int
    document: dict[str, Any] | None


def decide(state: DeskState | None, command: PublishDesk, context: Context) -> list[DeskEvent]:
    """Publish the next version; nothing where the document is in force already.

    Raises:
        CommandRefused: the stated time lies in the future or before what is known.
    """
    at = moment(state, command.occurred_at, context)
    if state is not None:
        refuse_late(state, at, context)
        if state.document == command.document:
            return []
    version = 1 if state is None else state.published + 1
    event = Published(
        occurred_at=at,
        by=command.by,
        version=version,
        document=command.document,
        scope=None,
        note=command.note,
    )
    return [event]


def evolve(state: DeskState | None, event: DeskEvent, version: int) -> DeskState:
    """Give the configuration after one more event."""
    at = event.occurred_at
    known = state or DeskState(version, at, at, 0, None)
    match event:
        case Published():
            changed = replace(known, published=event.version, document=event.document)
        case Withdrawn():
            withdrawn = event.version == known.published
            changed = replace(known, document=None) if withdrawn else known
        case CommandAnswered():
            return replace(known, version=version)
        case _:
            assert_never(event)
    return replace(changed, version=version, latest_at=max(known.latest_at, at))
