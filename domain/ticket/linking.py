"""How ties between tickets change: by hand, at an opening, and by what the other side says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.shapes import By
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.merging import decide_merge, other_ticket
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    UnlinkTicket,
)
from deskledger.domain.ticket.relations import (
    OPPOSITE,
    Link,
    LinkKey,
    LinksChanged,
    Relation,
    link_at,
    links_at,
)
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import SETTLED
from deskledger.domain.ticket.together import RelationPart
from deskledger.domain.ticket.waiting import unanswered_since

LINKS_MAX = 1_000


def decide_relation(case: Case, command: RelationPart) -> list[TicketEvent]:
    """Tie the ticket to another one, untie it, or make it a part of the other.

    Raises:
        CommandRefused: the other ticket is not known, is this one, or was merged; see also
            ``decide_merge``.
    """
    match command:
        case MergeTicket():
            return decide_merge(case, command)
        case LinkTicket():
            case.refuse_late()
            return _link(case, command)
        case UnlinkTicket():
            case.refuse_late()
            return _unlink(case, command)
        case _:
            assert_never(command)


def _link(case: Case, command: LinkTicket) -> list[TicketEvent]:
    if not case.history or command.ticket == case.context.part:
        other_ticket(case, command.ticket)
    link = _made(command.relation, command.ticket)
    if link_at(case.state.links, link.name, case.at) is not None:
        return []
    if sum(1 for _ in links_at(case.state.links, case.at)) >= LINKS_MAX:
        raise CommandRefused("too_many", {"what": "links", "limit": LINKS_MAX})
    return [links_changed(case.at, case.by, added=(link,))]


def _unlink(case: Case, command: UnlinkTicket) -> list[TicketEvent]:
    removed = tuple(
        LinkKey.model_construct(relation=link.relation, ticket=link.ticket)
        for link in links_at(case.state.links, case.at)
        if link.ticket == command.ticket
        and command.relation in (None, link.relation)
        and link.relation != "absorbed"
    )
    return [links_changed(case.at, case.by, removed=removed)] if removed else []


def links_changed(
    at: datetime,
    by: By | None,
    *,
    added: tuple[Link, ...] = (),
    removed: tuple[LinkKey, ...] = (),
    unblocked: tuple[str, ...] = (),
) -> LinksChanged:
    """The event by which links change."""
    return LinksChanged.model_construct(
        occurred_at=at, by=by, added=added, removed=removed, unblocked=unblocked
    )


def decide_mirrored(case: Case, command: MirrorLinks) -> list[TicketEvent]:
    """Bring links in line with what the other ticket says of the two at present.

    A link that the other side has taken back meanwhile is not made, and one that it has made
    again is not removed: so any order of deliveries ends in the same links.

    Raises:
        CommandRefused: somebody else than a process of the desk asks.
    """
    other: Any = case.context.state_of("ticket", command.ticket)
    added: list[Link] = []
    removed: list[LinkKey] = []
    unblocked: list[str] = []
    for relation in command.relations if other is not None else ():
        wanted = _wanted(relation, command.ticket, case.context, other)
        held = link_at(case.state.links, (relation, command.ticket), case.at)
        if wanted is None:
            if held is not None:
                removed.append(LinkKey.model_construct(relation=relation, ticket=command.ticket))
        elif held is None:
            added.append(wanted)
        elif relation == "child" and held.blocking != wanted.blocking:
            # Whether a child blocks is the child's to say; it says it in its link to the parent.
            if held.blocking:
                unblocked.append(command.ticket)
            else:
                added.append(wanted)
    if not added and not removed and not unblocked:
        return []
    return [
        links_changed(
            case.at,
            case.by,
            added=tuple(added),
            removed=tuple(removed),
            unblocked=tuple(unblocked),
        )
    ]


def _wanted(relation: Relation, ticket: str, context: Context, other: TicketState) -> Link | None:
    """The link to another ticket that follows from that one's side; None where none does."""
    me = context.part
    if relation == "absorbed":
        if other.merged is None or other.merged.into != me:
            return None
        return _made("absorbed", ticket, unanswered=unanswered_since(other))
    opposite = OPPOSITE.get(relation)
    timeline = None if opposite is None else other.links.get((opposite, me))
    theirs = None if timeline is None else timeline.present
    if theirs is None:
        return None
    blocking = relation == "child" and theirs.blocking and other.status.present not in SETTLED
    return _made(relation, ticket, blocking=blocking)


def _made(
    relation: Relation,
    ticket: str,
    *,
    blocking: bool = False,
    unanswered: datetime | None = None,
) -> Link:
    return Link.model_construct(
        relation=relation, ticket=ticket, blocking=blocking, unanswered_since=unanswered
    )
