"""What every contact with a customer, and every note about one, records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from deskledger.domain.events import Event
from deskledger.domain.shapes import (
    ActorKind,
    Count,
    Frozen,
    Id,
    Line,
    Locale,
    Of,
    P,
    PersonalName,
    PersonalText,
    Slug,
)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+\z")]
Direction = Literal["in", "out", "internal"]
Format = Literal["plain", "html"]
Addresses = Annotated[tuple[Line, ...], Field(max_length=200)]


class Author(Frozen):
    """Who wrote or spoke; the id is null for a person who is no customer of the desk."""

    kind: ActorKind
    id: Id | None


class Attachment(Frozen):
    """A file beside a contact; its bytes lie outside the ledger.

    Attributes:
        size: bytes of the original.
        sha256: hash of the stored, sealed bytes, in hex.
    """

    id: Id
    name: PersonalName | None
    media_type: MediaType
    size: Count
    sha256: Sha256


class Thread(Frozen):
    """How a channel ties messages together.

    Attributes:
        references: ids of the earlier messages, oldest first; null when there is none.
        conversation: the channel's own session id, as a chat has it.
    """

    message_id: P[Line] | None
    in_reply_to: P[Line] | None
    references: P[Addresses] | None
    conversation: P[Line] | None


class ContactEvent(Event):
    """What customer messages, replies, notes and calls have in common.

    Attributes:
        interaction: id of this contact.
        opening: whether it was recorded in the same commit as the ticket's opening.
        inbox: which address, number or form of the desk it went through; null for none.
        text: null for a contact without words, such as a missed call.
        used: published articles, templates and macros that went into it.
    """

    interaction: Id
    opening: bool
    channel: Slug
    inbox: Slug | None
    direction: Direction
    author: Author
    text: PersonalText | None
    format: Format
    language: Locale | None
    attachments: tuple[Attachment, ...]
    thread: Thread | None
    used: tuple[Of, ...]
