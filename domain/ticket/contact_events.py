"""The contacts of a ticket: messages, replies, notes and calls."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.contact import Addresses, ContactEvent
from deskledger.domain.shapes import Count, Id, Instant, Line, P


class CustomerMessageReceived(ContactEvent):
    """A customer, or somebody for the customer, wrote."""

    type: Literal["CustomerMessageReceived"] = "CustomerMessageReceived"
    v: Literal[1] = 1
    sender: P[Line] | None
    verified: bool
    recipients: P[Addresses] | None


class ReplySent(ContactEvent):
    """The desk wrote to the customer; ``author.kind`` tells an agent from a bot or rule."""

    type: Literal["ReplySent"] = "ReplySent"
    v: Literal[1] = 1
    to: P[Addresses] | None
    cc: P[Addresses] | None


class NoteAdded(ContactEvent):
    """Somebody of the desk noted something that the customer does not see."""

    type: Literal["NoteAdded"] = "NoteAdded"
    v: Literal[1] = 1
    mentions: tuple[Id, ...]


class CallLogged(ContactEvent):
    """A call came in or went out.

    Attributes:
        waited_seconds: whole seconds until it was answered or given up; null when not known.
        agent: who of the desk spoke, or tried to.
    """

    type: Literal["CallLogged"] = "CallLogged"
    v: Literal[1] = 1
    started_at: Instant
    ended_at: Instant
    waited_seconds: Count | None
    answered: bool
    agent: Id | None
    voicemail: bool
