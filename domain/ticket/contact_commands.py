"""What can be recorded of the talk around a ticket: messages, replies, notes and calls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.contact import Addresses, Attachment, Author, Format, Thread
from deskledger.domain.shapes import (
    TEXT_LENGTH_MAX,
    Count,
    Id,
    Instant,
    Line,
    Locale,
    Of,
    Slug,
    Text,
)

Words = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH_MAX)]


class ContactCommand(Command):
    """What the commands that record a contact have in common.

    Attributes:
        channel: unset means the ticket's own; a note has ``internal``, a call ``phone``.
        inbox: unset means the ticket's own where the channel is the ticket's.
        author: unset means the acting agent or other actor; for a message the ticket's customer.
    """

    channel: Slug | None = None
    inbox: Slug | None = None
    author: Author | None = None
    format: Format = "plain"
    language: Locale | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=50)] = ()
    thread: Thread | None = None
    used: Annotated[tuple[Of, ...], Field(max_length=50)] = ()


class ReceiveMessage(ContactCommand):
    """Record what a customer, or somebody for the customer, wrote.

    Attributes:
        verified: whether the channel vouches for the sender.
        needs_answer: false when the rule named in ``by`` found that it needs none ("thanks"): a
            solved ticket then stays solved.
    """

    type: Literal["ReceiveMessage"] = "ReceiveMessage"
    text: Text
    sender: Line | None = None
    verified: bool = False
    recipients: Addresses = ()
    needs_answer: bool = True

    @model_validator(mode="after")
    def _names_the_rule(self) -> ReceiveMessage:
        if not self.needs_answer and self.by is None:
            raise ValueError("name in by the rule that found that no answer is needed")
        return self


class SendReply(ContactCommand):
    """Record a reply of an agent, a bot or a rule to the customer."""

    type: Literal["SendReply"] = "SendReply"
    text: Words
    to: Addresses = ()
    cc: Addresses = ()


class AddNote(ContactCommand):
    """Note something that the customer does not see."""

    type: Literal["AddNote"] = "AddNote"
    text: Words
    mentions: Annotated[tuple[Id, ...], Field(max_length=50)] = ()


class LogCall(ContactCommand):
    """Record a call.

    Attributes:
        text: a summary, or what the voicemail said.
        agent: who of the desk spoke; unset means the acting agent where the call was answered or
            went out.
    """

    type: Literal["LogCall"] = "LogCall"
    direction: Literal["in", "out"]
    text: Text | None = None
    started_at: Instant
    ended_at: Instant
    waited_seconds: Count | None = None
    answered: bool
    agent: Id | None = None
    voicemail: bool = False

    @model_validator(mode="after")
    def _ends_after_it_started(self) -> LogCall:
        if self.ended_at < self.started_at:
            raise ValueError("the call ends before it starts")
        return self
