"""What became of the commands that processes issued, counted by name."""

from collections import Counter
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one reaction.

    APPLIED: it changed something. DUPLICATE: it had been applied already, by this process or by
    another that reads the same lane. NOT_MINE: its reason was gone. PARKED: it failed in a way
    that trying again will not change; it is tried again when the process starts anew.
    """

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    NOT_MINE = "not_mine"
    PARKED = "parked"


class Outcomes:
    """Counts since the process was started."""

    def __init__(self) -> None:
        self._counts: Counter[Outcome] = Counter()

    def add(self, outcome: Outcome) -> None:
        """Counts one more."""
        self._counts[outcome] += 1

    def counts(self) -> dict[str, int]:
        """How many of each, those that never happened included."""
        return {outcome.value: self._counts[outcome] for outcome in Outcome}
