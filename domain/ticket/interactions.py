"""What a ticket's state keeps of its contacts: never their words, only what decisions ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.redaction import TEXT, InteractionRedacted

ContactClass = Literal["asked", "answered"]
Recorded = CustomerMessageReceived | ReplySent | NoteAdded | CallLogged


class Interaction(NamedTuple):
    """A contact or note.

    Attributes:
        at, version: when it happened, and the version of its event.
        contact: ``asked``, a customer waits for an answer to it; ``answered``, a counted agent
            contact; None for neither.
        parts: what can be redacted of it: ``text`` where it has words, and ids of attachments.
        redacted: those parts that were.
    """

    at: datetime
    version: int
    contact: ContactClass | None
    parts: frozenset[str]
    redacted: frozenset[str] = frozenset()


# Shared by the many contacts that are alike: thousands of tickets are kept in memory.
_WORDS = frozenset({TEXT})
_NOTHING: frozenset[str] = frozenset()

Interactions = Mapping[str, Interaction]
"""Every contact of a ticket, by its id."""


def filed_contact(known: Interactions, event: Recorded, version: int) -> Interactions:
    """The contacts with one more."""
    words = _NOTHING if event.text is None else _WORDS
    files = (attachment.id for attachment in event.attachments)
    parts = words.union(files) if event.attachments else words
    one = Interaction(event.occurred_at, version, contact_class(event), parts, _NOTHING)
    return {**known, event.interaction: one}


def redacted(known: Interactions, event: InteractionRedacted) -> Interactions:
    """The contacts, of which parts of one were redacted."""
    one = known.get(event.interaction)
    if one is None:
        return known
    parts = one.redacted.union(event.parts)
    return {**known, event.interaction: one._replace(redacted=parts)}


def contact_class(event: Recorded) -> ContactClass | None:
    """Whether a customer waits for an answer to a contact, or it is a counted agent contact."""
    match event:
        case CustomerMessageReceived():
            return "asked" if event.by is None else None
        case ReplySent():
            return "answered" if event.author.kind == "agent" else None
        case CallLogged(answered=True):
            return None if event.agent is None else "answered"
        case CallLogged():
            return "asked" if event.direction == "in" else None
        case NoteAdded():
            return None
