"""The six statuses of a ticket."""

from __future__ import annotations

from enum import StrEnum

from deskledger.domain.shapes import Change


class Status(StrEnum):
    """Where a ticket stands; the set is closed."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"


SETTLED = frozenset({Status.SOLVED, Status.CLOSED})
"""Statuses in which nobody has to do anything."""

PAUSED = frozenset({Status.PENDING, Status.ON_HOLD})
"""Statuses that wait for somebody else."""

StatusChange = Change[Status]
