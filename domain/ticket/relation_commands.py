"""What can be asked about the ties between tickets, and what the desk's linker tells the others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.commands import Command
from deskledger.domain.shapes import Id
from deskledger.domain.ticket.relations import Relation

Linkable = Literal[
    "follow_up_of",
    "followed_by",
    "split_from",
    "split_into",
    "problem",
    "incident",
    "about",
    "related",
]
"""What a link may be that is made by hand; parents and children are so from the child's opening."""

Removable = Literal[Linkable, "parent", "child"]
"""What a link may be that is taken away by hand."""


class LinkTicket(Command):
    """Tie the ticket to another one, which is told by the linker.

    Attributes:
        relation: what the other ticket is to this one.
    """

    type: Literal["LinkTicket"] = "LinkTicket"
    ticket: Id
    relation: Linkable = "related"


class UnlinkTicket(Command):
    """Take a tie to another ticket away; what was merged stays so.

    Attributes:
        relation: which tie; unset means every tie between the two.
    """

    type: Literal["UnlinkTicket"] = "UnlinkTicket"
    ticket: Id
    relation: Removable | None = None


class MergeTicket(Command):
    """Make the ticket a part of another one, the older of the two; it is put to the younger.

    Attributes:
        ticket: the older one.
    """

    type: Literal["MergeTicket"] = "MergeTicket"
    ticket: Id


class MirrorLinks(Command):
    """Bring links to another ticket in line with what that one says of the two.

    Only the desk's own processes ask for it; it is accepted in every status.

    Attributes:
        ticket: the other one.
        relations: of the links of this ticket that may have to change.
    """

    type: Literal["MirrorLinks"] = "MirrorLinks"
    ticket: Id
    relations: Annotated[tuple[Relation, ...], Field(min_length=1, max_length=20)]


class ReturnTicket(Command):
    """Take the ticket from an agent who has left, or out of a group that is closed.

    Only the desk's own processes ask for it; it changes an unsettled ticket that is still there.

    Attributes:
        agent, group: who has gone; one of the two.
        to_agent, to_group: who goes on with the work; neither for the ticket's own queue.
    """

    type: Literal["ReturnTicket"] = "ReturnTicket"
    agent: Id | None = None
    group: Id | None = None
    to_agent: Id | None = None
    to_group: Id | None = None


class FollowCustomer(Command):
    """Let the customer who took another's place take it in the ticket, too.

    Only the desk's own processes ask for it; it is accepted in every status.
    """

    type: Literal["FollowCustomer"] = "FollowCustomer"
    customer: Id
    into: Id
