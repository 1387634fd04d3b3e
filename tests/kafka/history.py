"""What clients of a desk saw: each command they asked for, and what they were told.

Clients write lines of JSON, one before they ask and one when they have an answer, so that of a
killed client every question is left and the unanswered ones are known.
"""

import json
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol


class Outcome(StrEnum):
    """What a client was told, or not."""

    DONE = "done"
    REFUSED = "refused"
    NOTHING = "nothing"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Attempt:
    """One question of one client; a command may be asked for several times.

    Attributes:
        command: the command's id.
        stream: what it is for.
        began: when it was asked, in seconds of the machine's clock that never goes back.
        ended: when the answer came; None where the client died or still waits.
        outcome: the answer.
        version: the stream's version after it; None unless it was recorded.
        position: (lane, sequence) of its last event; None unless it was recorded.
        reason: what was said where there was no answer.
    """

    command: str
    stream: str
    began: float
    ended: float | None = None
    outcome: Outcome = Outcome.UNKNOWN
    version: int | None = None
    position: tuple[int, int] | None = None
    reason: str = ""


class Sink(Protocol):
    """Takes lines; a file opened for appending, line by line, or a list of a test."""

    def write(self, text: str, /) -> object:
        """Take one line."""


class Told:
    """Takes the answer to one question."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}

    def __call__(
        self,
        outcome: Outcome,
        version: int | None = None,
        position: tuple[int, int] | None = None,
        reason: str = "",
    ) -> None:
        """What the client was told."""
        self.facts = {
            "outcome": outcome,
            "version": version,
            "position": position,
            "reason": reason,
        }


@contextmanager
def asking(sink: Sink, command: str, stream: str) -> Iterator[Told]:
    """Writes down a question, and the answer that the block gives to what it is handed.

    A block that ends without an answer, by an error or otherwise, leaves the outcome unknown.
    """
    told = Told()
    mark = uuid.uuid4().hex
    asked = {"command": command, "stream": stream, "began": time.monotonic()}
    sink.write(json.dumps({"ask": mark, **asked}) + "\n")
    try:
        yield told
    finally:
        answered = {"ended": time.monotonic(), **told.facts}
        sink.write(json.dumps({"answer": mark, **answered}) + "\n")


def read_history(lines: Iterable[str]) -> list[Attempt]:
    """The attempts that lines tell of, in the order in which they were asked for.

    Lines of several clients may come in any order; a last line may be cut.
    """
    asked: dict[str, dict[str, Any]] = {}
    answered: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.endswith("\n"):
            told = json.loads(line)
            place = asked if "ask" in told else answered
            place[told.pop("ask", None) or told.pop("answer")] = told
    attempts = (attempt_of(facts | answered.get(mark, {})) for mark, facts in asked.items())
    return sorted(attempts, key=lambda attempt: attempt.began)


def attempt_of(facts: dict[str, Any]) -> Attempt:
    """The attempt that facts from JSON tell of."""
    position = facts.get("position")
    outcome = Outcome(facts.get("outcome", Outcome.UNKNOWN))
    return Attempt(
        **facts | {"outcome": outcome, "position": tuple(position) if position else None}
    )


def write_history(sink: Sink, attempts: Iterable[Attempt]) -> None:
    """Writes attempts as their clients would have."""
    for attempt in attempts:
        mark = uuid.uuid4().hex
        facts = asdict(attempt)
        asked = {name: facts.pop(name) for name in ("command", "stream", "began")}
        sink.write(json.dumps({"ask": mark, **asked}) + "\n")
        if attempt.ended is not None:
            sink.write(json.dumps({"answer": mark, **facts}) + "\n")
