"""The usual messages, replies and notes."""

from typing import Any

import msgspec

from deskledger.projections.personal import ContactValues
from deskledger.projections.usual.shapes import Exact, SealedValue, UsualEvent

_NO_CALL = (None,) * 6


class _Author(Exact):
    kind: str
    id: str | None


class UsualContact(UsualEvent, tag=False):
    """A message, reply or note without attachments."""

    interaction: str
    opening: bool
    channel: str
    inbox: str | None
    direction: str
    author: _Author
    text: SealedValue | None
    format: str
    language: str | None
    attachments: tuple[()]
    thread: msgspec.Raw
    used: tuple[()]

    @property
    def contact_class(self) -> str | None:
        """As `contacts.contact_class`."""
        return None

    def row(self) -> tuple[Any, ...]:
        """As `contacts.contact_row`."""
        author = {"kind": self.author.kind, "id": self.author.id}
        return (
            self.opening,
            self.channel,
            self.inbox,
            self.direction,
            author,
            self.format,
            self.language,
            "[]",
            "[]",
            *self._own(),
            *_NO_CALL,
        )

    def values(self, stream: str, number: int, version: int) -> ContactValues | None:
        """As `contacts.contact_values`."""
        sealed = (self.text, *self._addresses())
        if sealed == _NOTHING_SEALED:
            return None
        text, sender, recipients, cc = (None if each is None else each.parts for each in sealed)
        told = self.__class__.__name__
        to_at = "/to" if told == "ReplySent" else "/recipients"
        return stream, number, version, told, text, sender, to_at, recipients, cc, ()

    def _own(self) -> tuple[bool | None, list[str] | None]:
        """Whether it is verified, and whom it mentions."""
        return None, None

    def _addresses(self) -> tuple[SealedValue | None, ...]:
        """Sender, recipients and copies."""
        return None, None, None


_NOTHING_SEALED = (None,) * 4


class CustomerMessageReceived(UsualContact, tag=True):
    """The fields of each are those of the event in `domain`."""

    sender: SealedValue | None
    verified: bool
    recipients: SealedValue | None

    @property
    def contact_class(self) -> str | None:
        """A customer waits for an answer."""
        return "asked"

    def _own(self) -> tuple[bool | None, list[str] | None]:
        return self.verified, None

    def _addresses(self) -> tuple[SealedValue | None, ...]:
        return self.sender, self.recipients, None


class ReplySent(UsualContact, tag=True):
    """A reply."""

    to: SealedValue | None
    cc: SealedValue | None

    @property
    def contact_class(self) -> str | None:
        """A counted agent contact, where an agent wrote it."""
        return "answered" if self.author.kind == "agent" else None

    def _addresses(self) -> tuple[SealedValue | None, ...]:
        return None, self.to, self.cc


class NoteAdded(UsualContact, tag=True):
    """A note."""

    mentions: list[str]

    def _own(self) -> tuple[bool | None, list[str] | None]:
        return None, self.mentions
