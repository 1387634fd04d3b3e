"""Words and files of a contact that nobody is to read any more."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Id, Slug

TEXT = "text"
"""The part that is a contact's words; every other part is the id of an attachment."""

Parts = Annotated[tuple[Id, ...], Field(max_length=100)]


class InteractionRedacted(Event):
    """Parts of a contact were made unreadable: their keys are destroyed next.

    Attributes:
        parts: ``text``, and ids of attachments.
    """

    type: Literal["InteractionRedacted"] = "InteractionRedacted"
    v: Literal[1] = 1
    interaction: Id
    parts: Parts
    reason: Slug


class RedactInteraction(Command):
    """Make parts of a contact unreadable for ever.

    Attributes:
        parts: unset means all that there is of it.
    """

    type: Literal["RedactInteraction"] = "RedactInteraction"
    interaction: Id
    parts: Parts | None = None
    reason: Slug
