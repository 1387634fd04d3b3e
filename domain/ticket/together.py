"""Several ticket commands as one: all are accepted in one commit, or none is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.fields import SetFields
from deskledger.domain.references import LinkReference, UnlinkReference
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
    UnassignTicket,
    WakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.participants import (
    AddParticipant,
    ChangeCustomer,
    RemoveParticipant,
)
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relation_commands import (
    FollowCustomer,
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    ReturnTicket,
    UnlinkTicket,
)

ContactPart = ReceiveMessage | SendReply | AddNote | LogCall
StatusPart = (
    PendTicket | HoldTicket | ResumeTicket | WakeTicket | SolveTicket | ReopenTicket | CloseTicket
)
PartyPart = AssignTicket | TakeTicket | UnassignTicket
AttributePart = (
    ClassifyTicket | PrioritiseTicket | SetFields | TagTicket | LinkReference | UnlinkReference
)
RelationPart = LinkTicket | UnlinkTicket | MergeTicket
ParticipantPart = ChangeCustomer | AddParticipant | RemoveParticipant
Part = (
    OpenTicket
    | ContactPart
    | PartyPart
    | StatusPart
    | AttributePart
    | RelationPart
    | ParticipantPart
    | SetDue
    | EscalateTicket
    | RedactInteraction
)
FollowOn = MirrorLinks | ReturnTicket | FollowCustomer


class Together(Command):
    """Several commands on one ticket, each decided on the state that the one before left.

    Attributes:
        occurred_at: the time of every part that states none of its own.
        by: likewise.
        parts: in the caller's order; an opening comes first, a message never after a status.
    """

    type: Literal["Together"] = "Together"
    parts: Annotated[
        tuple[Annotated[Part, Field(discriminator="type")], ...], Field(min_length=1, max_length=50)
    ]

    @model_validator(mode="after")
    def _parts_are_in_order(self) -> Together:
        _state_types(self.parts)
        settled = False
        for index, part in enumerate(self.parts):
            if index and isinstance(part, OpenTicket):
                raise ValueError(f"parts.{index}: an opening comes first")
            if settled and isinstance(part, ContactPart):
                raise ValueError(f"parts.{index}: a message comes before a status command")
            settled = settled or isinstance(part, StatusPart | MergeTicket)
        return self

    @classmethod
    def of_valid(cls, parts: tuple[Part, ...], *, occurred_at: datetime) -> Together:
        """The command of parts that are valid and in order, without validating them again.

        For an import, which makes many commands of few different parts.
        """
        _state_types(parts)
        together = cls.__new__(cls)
        values = {"type": "Together", "occurred_at": occurred_at, "by": None, "parts": parts}
        for name, value in (
            ("__dict__", values),
            ("__pydantic_fields_set__", {"occurred_at", "parts"}),
            ("__pydantic_extra__", None),
            ("__pydantic_private__", None),
        ):
            object.__setattr__(together, name, value)
        return together


def _state_types(parts: tuple[Part, ...]) -> None:
    """Its type tells a part from others, also where only what was stated is written."""
    for part in parts:
        part.__pydantic_fields_set__.add("type")


TicketCommand = Part | FollowOn | ObserveClocks | Together
