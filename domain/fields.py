"""Custom fields, plain and personal: the same event and command in every stream that has them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Change, FieldValue, P, PersonalChange, Slug


class FieldsChanged(Event):
    """Values of fields changed.

    Attributes:
        personal_fields: each name's change is sealed as one value; built-in names are ``subject``,
            ``name`` and ``email``.
    """

    type: Literal["FieldsChanged"] = "FieldsChanged"
    v: Literal[1] = 1
    fields: dict[Slug, Change[FieldValue | None]]
    personal_fields: dict[Slug, P[PersonalChange]]


class SetFields(Command):
    """Set fields to the stated values; null clears a field, a name not stated stays."""

    type: Literal["SetFields"] = "SetFields"
    fields: dict[Slug, FieldValue | None] = Field(default_factory=dict, max_length=200)
    personal_fields: dict[Slug, FieldValue | None] = Field(default_factory=dict, max_length=200)

    @model_validator(mode="after")
    def _names_a_field(self) -> SetFields:
        if not self.fields and not self.personal_fields:
            raise ValueError("name at least one field")
        return self
