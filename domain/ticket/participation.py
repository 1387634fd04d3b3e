"""How those who take part in a ticket change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from deskledger.domain.errors import CommandRefused
from deskledger.domain.parties import check_agent, check_customer
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.participants import (
    REQUESTER,
    AddParticipant,
    ChangeCustomer,
    Participant,
    ParticipantKey,
    ParticipantsChanged,
    RemoveParticipant,
    participants_at,
)
from deskledger.domain.ticket.status import Status
from deskledger.domain.ticket.together import ParticipantPart

PARTICIPANTS_MAX = 200


def decide_participants(case: Case, command: ParticipantPart) -> list[TicketEvent]:
    """Change who takes part; there is one requester at most.

    Raises:
        CommandRefused: the ticket is closed, whoever is named is not known or has gone, or too many
            take part already.
    """
    case.refuse_late()
    case.refuse(Status.CLOSED)
    match command:
        case ChangeCustomer():
            if command.customer is not None and not case.history:
                check_customer(command.customer, case.context)
            return _requester_changed(case, command)
        case AddParticipant():
            _check(case, command)
            return _add(case, command)
        case RemoveParticipant():
            key = _key(command)
            there = case.state.participants.get(key.name)
            if there is None or there.held(case.at)[0] is None:
                return []
            return [participants_changed(case, (), (key,))]
        case _:
            assert_never(command)


def _requester_changed(case: Case, command: ChangeCustomer) -> list[TicketEvent]:
    before = case.state.requester.held(case.at)[0]
    if before == command.customer:
        return []
    removed = () if before is None else (requester_keys(before, before)[0],)
    if command.customer is None:
        return [participants_changed(case, (), removed)]
    come = requester_keys(command.customer, command.customer)[1]
    come = come.model_copy(update={"sees_from": command.sees_from})
    return [participants_changed(case, (come,), removed)]


def _check(case: Case, command: AddParticipant) -> None:
    if case.history:
        return
    if command.customer is not None:
        check_customer(command.customer, case.context)
    if command.agent is not None:
        check_agent(command.agent, case.context)


def _add(case: Case, command: AddParticipant) -> list[TicketEvent]:
    key = _key(command)
    known = case.state.participants.get(key.name)
    before = None if known is None else known.held(case.at)[0]
    sees_from = command.sees_from
    if before is not None and (not command.states("sees_from") or before.sees_from == sees_from):
        return []
    if before is None and sum(1 for _ in _all(case)) >= PARTICIPANTS_MAX:
        raise CommandRefused("too_many", {"what": "participants", "limit": PARTICIPANTS_MAX})
    if not command.states("sees_from") and command.agent is None:
        # Whoever comes later has no right to what was said before, unless somebody gives it.
        sees_from = case.at
    return [participants_changed(case, (Participant(**dict(key), sees_from=sees_from),), ())]


def _all(case: Case) -> Sequence[Participant]:
    return tuple(participants_at(case.state.participants, case.at))


def _key(command: AddParticipant | RemoveParticipant) -> ParticipantKey:
    return ParticipantKey.model_construct(
        role=command.role,
        customer=command.customer,
        agent=command.agent,
        address=command.address,
    )


def requester_keys(before: str, after: str) -> tuple[ParticipantKey, Participant]:
    """One customer as the requester that was, and one as the requester that is to be."""
    fixed: dict[str, Any] = {"role": REQUESTER, "agent": None, "address": None}
    gone = ParticipantKey.model_construct(customer=before, **fixed)
    return gone, Participant.model_construct(customer=after, sees_from=None, **fixed)


def participants_changed(
    case: Case, added: tuple[Participant, ...], removed: tuple[ParticipantKey, ...]
) -> ParticipantsChanged:
    """The event by which those who take part change."""
    return ParticipantsChanged.model_construct(
        occurred_at=case.at, by=case.by, added=added, removed=removed
    )
