"""What may be wrong with a history or a log."""

from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """Each a promise that was not kept."""

    LOST = "an acknowledged command is not in the log"
    VOID = "an acknowledged command is void"
    DOUBLED = "a command is in the log more than once"
    MOVED = "a command does not stand where its answer said"
    TWO_ANSWERS = "one command got two different answers"
    RISEN = "a command that was not to be recorded is in the log"
    OVERTAKEN = "a command stands before one that was answered before it was asked for"
    UNASKED = "a commit in the log was never asked for"
    GAP = "a version does not follow"
    CHAIN = "a commit does not name the hash of the one before it"
    VERDICT = "a void commit fits, or its command is not there"
    SEQUENCE = "a record's number or sequence is wrong"
    LANE_HASH = "a lane hash is wrong"
    SPLIT = "two replicas differ"
    CHANGED = "what a replica once held is not in the log any more"


class Finding(NamedTuple):
    """A fault and where it is."""

    fault: Fault
    place: str

    def __str__(self) -> str:
        return f"{self.fault}: {self.place}"
