"""The story told to a desk: every command at its own time, and what time alone brings between."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from deskledger.app.demo.clock import StoryClock
from deskledger.app.demo.passing import Passing
from deskledger.app.demo.scribe import Step
from deskledger.app.desk import Desk
from deskledger.eventlog.writing.writer import Task

# When a clock is to be looked at is known once it was recorded; no promise of the desk has a mark
# nearer than this to its beginning or to the mark before.
_AT_ONCE = timedelta(hours=2)
_AT = attrgetter("at")


class Answered(NamedTuple):
    """Done, refused, or nothing to do: what the story's people expected, and what the desk said."""

    expected: str
    outcome: str


class Told(NamedTuple):
    """A piece of the story: up to when it was recorded, and what its people were answered."""

    until: datetime
    answers: list[Answered]


class Telling:
    """Tells a story piece by piece; what comes due meanwhile is recorded when it does."""

    def __init__(self, desk: Desk, clock: StoryClock, story: Iterator[Step]) -> None:
        """`clock` is that of the desk."""
        self._desk = desk
        self._clock = clock
        self._passing = Passing(desk)
        self._story = story
        self._next = next(story, None)

    def pieces(self, ends_at: datetime) -> Iterator[Told]:
        """Tell the story up to a time, and let the time pass that is left after its last step."""
        follows: list[Step] = []
        while begins_at := self._begins_at(ends_at):
            looks, until = self._passing.looks(max(begins_at, min(begins_at + _AT_ONCE, ends_at)))
            answers = self._recorded([*follows, *looks, *self._steps(until)])
            follows = self._passing.follow(self._clock())
            yield Told(until, answers)
        self._recorded(follows)

    def _begins_at(self, ends_at: datetime) -> datetime | None:
        """When something happens next; None at the end of the story."""
        due_at = self._passing.next_at()
        if self._next is None:
            return due_at if due_at is not None and due_at <= ends_at else None
        return self._next.at if due_at is None else min(due_at, self._next.at)

    def _steps(self, until: datetime) -> Iterator[Step]:
        while self._next is not None and self._next.at <= until:
            yield self._next
            self._next = next(self._story, None)

    def _recorded(self, steps: list[Step]) -> list[Answered]:
        """Execute commands, each at its own time."""
        steps.sort(key=_AT)
        self._clock.set(step.at for step in steps)
        tasks = [Task(step.stream, step.command, step.request) for step in steps]
        answers = self._desk.writer.execute_many(tasks)
        assert not self._clock.unread, "the writer has read its clock once for each command"
        told = zip(steps, answers, strict=True)
        return [Answered(step.expected, answer.outcome) for step, answer in told if step.expected]
