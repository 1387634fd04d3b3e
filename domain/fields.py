"""Custom fields, plain and personal: the same event and command in every stream that has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import Event
from deskledger.domain.shapes import (
    By,
    Change,
    Erased,
    FieldChange,
    FieldValue,
    P,
    PersonalChange,
    Slug,
)
from deskledger.domain.timeline import Timeline

FIELDS_MAX = 200
LINE_LENGTH_MAX = 1_000

PlainTimelines = Mapping[str, Timeline[FieldValue | None]]
PersonalTimelines = Mapping[str, Timeline[FieldValue | Erased | None]]


class FieldsChanged(Event):
    """Values of fields changed.

    Attributes:
        personal_fields: each name's change is sealed as one value; built-in names are ``subject``,
            ``name`` and ``email``.
    """

    type: Literal["FieldsChanged"] = "FieldsChanged"
    v: Literal[1] = 1
    fields: dict[Slug, FieldChange]
    personal_fields: dict[Slug, P[PersonalChange]]


class SetFields(Command):
    """Set fields to the stated values; null clears a field, a name not stated stays."""

    type: Literal["SetFields"] = "SetFields"
    fields: dict[Slug, FieldValue | None] = Field(default_factory=dict, max_length=FIELDS_MAX)
    personal_fields: dict[Slug, FieldValue | None] = Field(
        default_factory=dict, max_length=FIELDS_MAX
    )

    @model_validator(mode="after")
    def _names_a_field(self) -> SetFields:
        if not self.fields and not self.personal_fields:
            raise ValueError("name at least one field")
        subject = self.personal_fields.get("subject", "-")
        if not isinstance(subject, str | None) or len(subject or "-") > LINE_LENGTH_MAX:
            raise ValueError(f"the subject is a text of at most {LINE_LENGTH_MAX} characters")
        return self


class FieldHolder(Protocol):
    """A state that has fields."""

    @property
    def began_at(self) -> datetime:
        """Since when a field that was never set has been null."""

    @property
    def fields(self) -> PlainTimelines:
        """Plain fields by name."""

    @property
    def personal_fields(self) -> PersonalTimelines:
        """Personal fields by name."""


def change_fields(
    state: FieldHolder, command: SetFields, *, at: datetime, by: By | None
) -> list[FieldsChanged]:
    """Decide which of the stated fields change; an empty list when none does.

    Raises:
        CommandRefused: more fields would be set than one stream holds.
    """
    plain = _changes(state.fields, command.fields, at, state.began_at)
    personal = _changes(state.personal_fields, command.personal_fields, at, state.began_at)
    if not plain and not personal:
        return []
    _refuse_too_many(state.fields, plain)
    _refuse_too_many(state.personal_fields, personal)
    event = FieldsChanged.model_construct(
        occurred_at=at,
        by=by,
        fields={name: FieldChange.model_construct(**change) for name, change in plain.items()},
        personal_fields={
            name: PersonalChange.model_construct(**change) for name, change in personal.items()
        },
    )
    return [event]


def _changes(
    held: Mapping[str, Timeline[Any]],
    stated: Mapping[str, FieldValue | None],
    at: datetime,
    began_at: datetime,
) -> dict[str, dict[str, Any]]:
    changes = {}
    for name, after in stated.items():
        timeline = held.get(name)
        if timeline is None:
            if after is not None:
                changes[name] = {"before": None, "after": after, "since": began_at}
        elif not timeline.holds(at, after):
            before, since = timeline.held(at)
            changes[name] = {"before": before, "after": after, "since": since}
    return changes


def _refuse_too_many(
    held: Mapping[str, Timeline[Any]], changes: Mapping[str, Mapping[str, Any]]
) -> None:
    if len(held) + len(changes) <= FIELDS_MAX:
        return
    names = {name for name, timeline in held.items() if timeline.present is not None}
    names |= {name for name, change in changes.items() if change["after"] is not None}
    if len(names) > FIELDS_MAX:
        raise CommandRefused("too_many", {"what": "fields", "limit": FIELDS_MAX})


def begun_fields(
    values: Mapping[str, FieldValue] | Erased | None, at: datetime, version: int
) -> dict[str, Timeline[Any]]:
    """The timelines of the fields that a stream begins with; none where they were erased."""
    if values is None or isinstance(values, Erased):
        return {}
    return {name: Timeline.begun(at, version, value) for name, value in values.items()}


def filed_fields(
    state: FieldHolder, event: FieldsChanged, version: int
) -> dict[str, Mapping[str, Timeline[Any]]]:
    """The ``fields`` and ``personal_fields`` of the state after the event."""
    return {
        "fields": _filed(state, state.fields, event.fields, event.occurred_at, version),
        "personal_fields": _filed(
            state, state.personal_fields, event.personal_fields, event.occurred_at, version
        ),
    }


def _filed(
    state: FieldHolder,
    held: Mapping[str, Timeline[Any]],
    changes: Mapping[str, Change[Any] | Erased],
    at: datetime,
    version: int,
) -> Mapping[str, Timeline[Any]]:
    """The timelines with the changes; an erased change leaves an erased value."""
    if not changes:
        return held
    filed = dict(held)
    for name, change in changes.items():
        after = change if isinstance(change, Erased) else change.after
        known = filed.get(name) or Timeline.begun(state.began_at, 0, None)
        filed[name] = known.filed(at, version, after)
    return filed
