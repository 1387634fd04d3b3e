"""The mapping: data that says how one kind of log becomes commands.

docs/import-history.md describes the format for people who write one. A mapping names columns of a
CSV log, or attributes of an XES log, and says what each of them states about the ticket.
"""

from __future__ import annotations

import codecs
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from deskledger.consumers.history.mapping_values import Column, FieldRule, SlugValue, TextValue
from deskledger.domain.contact import Direction
from deskledger.domain.shapes import Count, Frozen, Label, Locale, Slug
from deskledger.domain.ticket.events import Kind

Target = Literal["new", "open", "pending", "on_hold", "solved", "closed", "same"]
ContactKind = Literal["message", "reply", "note"]
SETTLING: frozenset[Target] = frozenset({"solved", "closed"})


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone; use an IANA name such as Europe/Rome") from None
    return name


def _known_encoding(name: str) -> str:
    try:
        line_end = "\n".encode(name)
    except LookupError:
        raise ValueError("no such encoding; use a name such as utf-8 or gb18030") from None
    if line_end.removeprefix(codecs.BOM_UTF8) != b"\n":
        raise ValueError("logs in UTF-16 or UTF-32 are not read; convert the file to utf-8")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Encoding = Annotated[str, AfterValidator(_known_encoding)]
Character = Annotated[str, StringConstraints(pattern=r"^[^\r\n\x00]\z")]


class Source(Frozen):
    """How the file is read.

    Attributes:
        kind: CSV rows, or the events of an XES log.
        member: pattern of the file to read inside a zip archive that holds several.
        encoding: of CSV text; an XES log states its own.
        missing: texts that stand for no value; the empty text always does.
        times: how times are written, tried in order: ``iso`` or a pattern of ``strptime``.
        zone: the zone of times that state none.
    """

    kind: Literal["csv", "xes"]
    member: str | None = None
    encoding: Encoding = "utf-8"
    delimiter: Character = ","
    quote: Character = '"'
    missing: tuple[str, ...] = ()
    times: Annotated[tuple[str, ...], Field(min_length=1)] = ("iso",)
    zone: Zone


class RowRules(Frozen):
    """What a row is: of which case, when, by whom.

    Attributes:
        case: the column that names the case.
        reference: kind of the ticket's reference that keeps the case's name.
        occurred_at: the column with the time at which the row was true.
        agent: the column that names who did it.
        hindsight: columns that hold final values on every row of a case. They are read only on a
            row that settles, and do not count towards the row's identity.
        known_from: a time column: hindsight is read only on rows at or after that time.
        namespaces: person columns that share their names with other columns, each with the name
            of the shared namespace; every other person column is a namespace of its own.
        ignored: columns that nothing reads, each with the reason.
    """

    case: Column
    reference: Slug
    occurred_at: Column
    agent: Column | None = None
    hindsight: tuple[Column, ...] = ()
    known_from: Column | None = None
    namespaces: dict[Column, Slug] = Field(default_factory=dict)
    ignored: dict[Column, str] = Field(default_factory=dict)


class Customer(Frozen):
    """Who asked.

    Attributes:
        kind: what the column holds: ``email``, ``phone``, or names of a system (default: the
            mapping's system).
    """

    column: Column
    kind: Slug | None = None


class Opening(Frozen):
    """What the first row of a case states beside the record.

    Attributes:
        occurred_at: the column with the time at which the case began; default: the row's time.
    """

    occurred_at: Column | None = None
    kind: Kind = "request"
    direction: Direction = "in"
    channel: SlugValue
    inbox: SlugValue | None = None
    language: Locale | None = None
    subject: TextValue | None = None
    customer: Customer | None = None


class Condition(Frozen):
    """Holds on rows whose column has one of the texts."""

    column: Column
    among: Annotated[tuple[str, ...], Field(min_length=1)]


class PartyRules(Frozen):
    """Who is responsible after the row.

    Attributes:
        only_when: the rows that say so; default: all.
    """

    group: SlugValue | None = None
    agent: Column | None = None
    reason: Slug | None = None
    only_when: Condition | None = None

    @model_validator(mode="after")
    def _names_a_party(self) -> Self:
        if self.group is None and self.agent is None:
            raise ValueError("state group, agent or both")
        return self


class ContactRules(Frozen):
    """Rows that carry a message, a reply or a note.

    Attributes:
        column: the column that tells them apart.
        kinds: what its texts mean; a row with another text carries none.
        text: the column with the words.
    """

    column: Column
    kinds: Annotated[dict[str, ContactKind], Field(min_length=1)]
    text: Column


class Record(Frozen):
    """What every row states about the ticket; a missing value is stated as none."""

    type_code: SlugValue | None = None
    category: tuple[TextValue, ...] = ()
    stage: SlugValue | None = None
    tier: SlugValue | None = None
    priority: SlugValue | None = None
    impact: SlugValue | None = None
    urgency: SlugValue | None = None
    fields: dict[Slug, FieldRule] = Field(default_factory=dict)
    personal_fields: dict[Slug, FieldRule] = Field(default_factory=dict)


class Move(Frozen):
    """Where the ticket stands after a row; ``same`` states nothing."""

    to: Target
    reason: Slug | None = None
    resolution: SlugValue | None = None

    @model_validator(mode="after")
    def _fits_its_target(self) -> Self:
        if self.resolution is not None and self.to != "solved":
            raise ValueError("a resolution belongs to a move to solved")
        if self.reason is not None and self.to in {"new", "solved", "same"}:
            raise ValueError(f"a move to {self.to} has no reason")
        return self


class StatusRules(Frozen):
    """What the texts of the status or activity column mean; a text not listed is quarantined.

    Attributes:
        column: one column, or several whose texts are joined by a ``/``.
    """

    column: Column | Annotated[tuple[Column, ...], Field(min_length=1)]
    moves: Annotated[dict[str, Move], Field(min_length=1)]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in order, also where only one is stated."""
        return (self.column,) if isinstance(self.column, str) else self.column


class Mapping(Frozen):
    """A whole mapping file.

    Attributes:
        format: number of this file format.
        version: of the mapping; raised with every change of what it says.
        system: the system that the log comes from. It is part of every row's identity: logs of
            one system may share cases, logs of two systems never do.
        title: what the log is, for people.
    """

    format: Literal[1]
    name: Slug
    version: Annotated[Count, Field(ge=1)]
    system: Slug
    title: Label
    source: Source
    row: RowRules
    opening: Opening
    party: PartyRules | None = None
    contact: ContactRules | None = None
    record: Record = Record()
    status: StatusRules

    @property
    def id(self) -> str:
        """The mapping as the ledger names it: ``name/version``."""
        return f"{self.name}/{self.version}"
