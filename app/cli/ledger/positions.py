"""Where in the lanes a follower goes on."""

from collections.abc import Sequence

from deskledger.app.cli.values import pair
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.progress import Progress

_FORM = "LANE:SEQUENCE"


def stated_positions(
    ends: Sequence[Progress], lane: int | None, after: Sequence[str]
) -> dict[int, int]:
    """The last handled sequence by lane, as stated; `ends` says how far each lane has come.

    Raises:
        InvalidInput: it is no position, or one that the lane has not reached: it is of another
            desk, or the ledger was cut.
    """
    found: dict[int, int] = {}
    for stated in after:
        named, sequence = _position(stated, lane)
        if not 0 <= named < len(ends):
            raise InvalidInput(f"There is no lane {named}; they go from 0 to {len(ends) - 1}.")
        if not 0 <= sequence <= ends[named].sequence:
            told = f"Lane {named} ends at {ends[named].sequence}; it has no event {sequence}."
            raise InvalidInput(told, lane=named, sequence=sequence)
        found[named] = sequence
    return found


def _position(stated: str, lane: int | None) -> tuple[int, int]:
    named, sequence = (str(lane), stated) if lane is not None else pair(stated, ":", _FORM)
    try:
        return int(named), int(sequence)
    except ValueError:
        raise InvalidInput(f"{stated!r} is no position; write {_FORM} or --lane.") from None
