"""Since when a customer waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import SETTLED

Step = tuple[datetime, int]
"""When something happened, and the version of its event: the order of a ticket's history."""


def unanswered_since(state: TicketState) -> datetime | None:
    """The oldest customer contact that no agent has answered and no settle has ended.

    Of a merged ticket, as it was when it was merged; what the tickets told that were merged into
    it counts as well.
    """
    end = None if state.merged is None else (state.merged.at, state.merged.version)
    spoken = [(one.at, one.version, one.contact) for one in state.interactions.values()]
    answered = [(at, version) for at, version, contact in spoken if contact == "answered"]
    over = max((step for step in (*answered, *_settles(state)) if _before(step, end)), default=None)
    asked = [((at, version), at) for at, version, contact in spoken if contact == "asked"]
    waiting = (
        at
        for step, at in (*asked, *_absorbed(state))
        if _before(step, end) and (over is None or step > over)
    )
    return min(waiting, default=None)


def _before(step: Step, end: Step | None) -> bool:
    return end is None or step < end


def _settles(state: TicketState) -> Iterator[Step]:
    settled = False
    for at, version, status in state.status.entries:
        if status in SETTLED and not settled:
            yield at, version
        settled = status in SETTLED


def _absorbed(state: TicketState) -> Iterator[tuple[Step, datetime]]:
    """When each ticket was merged into this one, and since when its customer had waited."""
    for (relation, _), timeline in state.links.items():
        if relation == "absorbed":
            for at, version, link in timeline.entries:
                if link is not None and link.unanswered_since is not None:
                    yield (at, version), link.unanswered_since
