"""What is refused about a ticket and what it is tied to: tickets, participants, contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deskledger.domain.commands import Command
from deskledger.domain.identifiers import derived_id, interaction_id
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote, SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.participants import AddParticipant, ChangeCustomer
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    ReturnTicket,
)
from deskledger.domain.ticket.together import Together
from tests.domain.refused_situations import NOBODY, OPEN, Row, closed, ticket
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_LINKER,
    NOON,
    TICKET,
    Story,
    desk,
    minutes,
    part,
    ticket_named,
)

OLD = part(Story(ticket_named("old")))
MID = part(Story(ticket_named("mid")))
CLOSE = CloseTicket(reason="withdrawn")


def older(name: str, *commands: Command) -> Story:
    """Another ticket, opened an hour before noon."""
    begun = replace(desk(), stream=ticket_named(name)).after(-60)
    return begun.when(OPEN, *commands)


def merged() -> Story:
    return ticket().beside(old=older("old")).when(MergeTicket(ticket=OLD))


def beside_merged(*, begun: bool = True) -> Story:
    """A ticket beside one that was merged into a third."""
    mid = replace(merged(), stream=ticket_named("mid"))
    return (ticket() if begun else desk()).after(5).beside(mid=mid)


def child_of(parent: str, *, blocking: bool = False, interaction: str | None = None) -> OpenTicket:
    origin = Origin(relation="parent", ticket=parent, interaction=interaction)
    return OpenTicket(channel="internal", origin=origin, blocking=blocking)


FIRST = interaction_id(derived_id("command", TICKET, "1"), 0)


def noted() -> Story:
    return ticket().when(AddNote(text="4111 1111"))


def redaction(*parts: str, interaction: str = FIRST) -> RedactInteraction:
    stated: dict[str, Any] = {"parts": parts} if parts else {}
    return RedactInteraction(interaction=interaction, reason="card_number", **stated)


def copies(first: int, count: int = 50) -> Together:
    """As many more participants."""
    addresses = (f"{number}@example.com" for number in range(first, first + count))
    return Together(parts=tuple(AddParticipant(role="cc", address=one) for one in addresses))


def followed() -> Story:
    told = closed().beside(old=older("old"))
    return told.when(LinkTicket(ticket=OLD, relation="followed_by"))


def mirror() -> MirrorLinks:
    return MirrorLinks(ticket=OLD, relations=("child",))


def parent() -> Story:
    """A ticket that waits for its child."""
    child = replace(desk(), stream=ticket_named("old")).beside(parent=ticket())
    child = child.when(child_of(part(ticket()), blocking=True))
    told = ticket().beside(child=child)
    return told.by(AS_LINKER).when(mirror()).by(AS_ANN)


REFUSED_TIES: list[Row] = [
    (
        "ticket_closed",
        lambda: (ticket().after(1).beside(old=older("old", CLOSE)), MergeTicket(ticket=OLD)),
        {"ticket": OLD},
    ),
    (
        "ticket_closed",
        lambda: (desk().beside(old=older("old", CLOSE)), child_of(OLD, blocking=True)),
        {"ticket": OLD},
    ),
    (
        "ticket_solved",
        lambda: (
            desk().beside(old=older("old", SolveTicket(resolution="fixed"))),
            child_of(OLD, blocking=True),
        ),
        {"ticket": OLD},
    ),
    ("ticket_merged", lambda: (merged(), AddNote(text="!")), {"into": OLD}),
    ("ticket_merged", lambda: (merged(), MergeTicket(ticket=OLD)), {"into": OLD}),
    ("already_merged", lambda: (beside_merged(), MergeTicket(ticket=MID)), {"into": OLD}),
    (
        "already_merged",
        lambda: (beside_merged(), LinkTicket(ticket=MID)),
        {"ticket": MID, "into": OLD},
    ),
    ("already_merged", lambda: (beside_merged(begun=False), child_of(MID)), {"into": OLD}),
    ("link_unknown", lambda: (ticket(), MergeTicket(ticket=NOBODY)), {"ticket": NOBODY}),
    ("link_unknown", lambda: (ticket().past(), MergeTicket(ticket=NOBODY)), {"ticket": NOBODY}),
    ("link_unknown", lambda: (ticket(), LinkTicket(ticket=NOBODY)), {"ticket": NOBODY}),
    ("link_unknown", lambda: (desk(), child_of(NOBODY)), {"ticket": NOBODY}),
    ("link_to_itself", lambda: (ticket(), LinkTicket(ticket=part(ticket()))), {}),
    ("link_to_itself", lambda: (ticket().past(), LinkTicket(ticket=part(ticket()))), {}),
    ("link_to_itself", lambda: (ticket(), MergeTicket(ticket=part(ticket()))), {}),
    (
        "interaction_unknown",
        lambda: (desk().beside(old=older("old")), child_of(OLD, interaction=NOBODY)),
        {"interaction": NOBODY},
    ),
    ("interaction_unknown", lambda: (noted(), redaction("text", interaction=NOBODY)), {}),
    ("interaction_unknown", lambda: (noted(), redaction("picture")), {"interaction": FIRST}),
    ("already_redacted", lambda: (noted().when(redaction()), redaction("text")), {}),
    ("already_redacted", lambda: (noted().when(redaction("text")), redaction()), {}),
    (
        "time_before_opening",
        lambda: (ticket(), SetDue(due_at=NOON - minutes(1))),
        {"occurred_at": "2026-03-02T11:59:00.000000Z"},
    ),
    ("customer_unknown", lambda: (ticket(), ChangeCustomer(customer=NOBODY)), {}),
    (
        "customer_unknown",
        lambda: (ticket(), AddParticipant(role="cc", customer=NOBODY)),
        {"customer": NOBODY},
    ),
    (
        "agent_unknown",
        lambda: (ticket(), AddParticipant(role="follower", agent=NOBODY)),
        {"agent": NOBODY},
    ),
    (
        "too_many",
        lambda: (ticket().when(copies(0, 50), *map(copies, (50, 100, 150))), copies(200)),
        {"what": "participants", "limit": 200},
    ),
    ("not_permitted", lambda: (ticket(), ReturnTicket(agent=ANN)), {"needs": "system"}),
    ("ticket_closed", lambda: (followed(), SendReply(text="Hi")), {"followed_by": OLD}),
    ("blocked_by_ticket", lambda: (parent(), SolveTicket(resolution="fixed")), {"tickets": [OLD]}),
    ("not_permitted", lambda: (ticket(), mirror()), {"needs": "system"}),
    (
        "late_not_permitted",
        lambda: (
            ticket().after(10).when(AddNote(text="!")).beside(old=older("old")).recording_late(),
            MergeTicket(ticket=OLD, occurred_at=NOON + minutes(5)),
        ),
        {},
    ),
]
