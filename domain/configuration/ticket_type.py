"""The document of a type of ticket: its fields, what it requires, and where it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from deskledger.domain.configuration.document import Coded, Document, coded, twice
from deskledger.domain.configuration.faults import Fault, fault
from deskledger.domain.shapes import Id, Integer, Names

FIELDS_MAX = 200
CHOICES_MAX = 1_000

Required = Literal["open", "solve"]
FieldType = Literal["text", "integer", "decimal", "boolean", "date", "choice", "choices", "texts"]
Choices = Annotated[tuple[Coded, ...], Field(min_length=1, max_length=CHOICES_MAX)]
_CHOOSING = frozenset({"choice", "choices"})


class FieldDefinition(Coded):
    """A custom field.

    Attributes:
        type: ``decimal`` is a number as text, ``date`` is as 2026-11-22, ``choice`` is one of
            ``choices``, ``choices`` and ``texts`` are lists.
        personal: whether its values are sealed, and stand among the personal fields.
        required: at which moments it must be set.
        at_least: of an integer.
        at_most: of an integer; of a text its length, of a list how many.
    """

    type: FieldType
    choices: Choices | None = None
    personal: bool = False
    required: Annotated[tuple[Required, ...], Field(max_length=2)] = ()
    at_least: Integer | None = None
    at_most: Integer | None = None

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes to choose from."""
        return frozenset(choice.code for choice in self.choices or ())


class TicketType(Document):
    """What holds for the tickets of a type.

    Attributes:
        fields: null allows any field of right form.
        group: where a ticket begins whose opening names no group and no agent; null for the intake.
    """

    format: Literal[1]
    names: Names = {}  # noqa: RUF012 - frozen, and copied by pydantic
    fields: Annotated[tuple[FieldDefinition, ...], Field(max_length=FIELDS_MAX)] | None = None
    group: Id | None = None

    @cached_property
    def defined(self) -> Mapping[str, FieldDefinition] | None:
        """The fields by name; None where any is allowed."""
        if self.fields is None:
            return None
        return MappingProxyType({one.code: one for one in self.fields})

    @property
    def parties(self) -> frozenset[str]:
        """The group in which tickets begin."""
        return frozenset({f"group/{self.group}"} if self.group is not None else ())

    def required(self, moment: Required) -> tuple[FieldDefinition, ...]:
        """The fields that must be set at a moment."""
        return tuple(one for one in self.fields or () if moment in one.required)

    @classmethod
    def faults(cls, document: dict[str, Any]) -> Iterator[Fault]:
        """Fields and choices that stand twice, and choices where there is nothing to choose."""
        fields = coded(document, "fields")
        yield from twice(fields, "fields")
        for index, one in fields:
            place = ("fields", index, "choices")
            yield from twice(coded(one, "choices"), *place)
            chooses = one.get("type") in _CHOOSING
            if chooses and one.get("choices") is None:
                yield fault(place, "missing")
            if not chooses and one.get("choices") is not None:
                told = "only a field of type choice or choices has choices"
                yield fault(place, "rule", message=told)


DEFAULT_TYPE = "default"
"""The type whose configuration holds for tickets of no type, and of one that has none."""

SHIPPED = TicketType(format=1)
"""Version 0: in force where a desk has published nothing."""
