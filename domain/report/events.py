"""What can have happened to the report on a period."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.shapes import Count, Frozen, Slug

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


class LaneReached(Frozen):
    """How far a lane had been read.

    Attributes:
        records: number of its records, void ones included.
        sequence: of its last effective event.
        hash: the lane's hash there.
    """

    lane: Count
    records: Count
    sequence: Count
    hash: Hash


Reached = Annotated[tuple[LaneReached, ...], Field(min_length=1, max_length=4096)]


class PeriodClosed(Event):
    """The figures of a period were fixed: those that follow from the lanes up to there, for ever.

    Attributes:
        progress: how far each lane had been read, in order of lanes.
        rules: number of the definitions by which the figures were counted.
        figures_hash: SHA-256 over the canonical JSON of the figures.
    """

    type: Literal["PeriodClosed"] = "PeriodClosed"
    v: Literal[1] = 1
    progress: Reached
    rules: Count
    figures_hash: Hash


class PeriodCorrected(Event):
    """The figures of a closed period were fixed anew, on what has become known since.

    Attributes:
        progress, rules, figures_hash: as in ``PeriodClosed``.
    """

    type: Literal["PeriodCorrected"] = "PeriodCorrected"
    v: Literal[1] = 1
    progress: Reached
    rules: Count
    figures_hash: Hash
    reason: Slug


ReportEvent = PeriodClosed | PeriodCorrected | CommandAnswered
