"""How time passes for clocks while the story is told, as a running node would let it pass."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deskledger.app.demo.scribe import Step
from deskledger.app.desk import Desk
from deskledger.consumers.processes.clock_times import CLOCK_MARK, ClockTime, clock_times
from deskledger.consumers.processes.due_times import DueTimes
from deskledger.consumers.processes.escalator import Escalator
from deskledger.consumers.processes.reactions import facts, request_for
from deskledger.consumers.processes.watcher import observation
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.instants import from_microseconds, microseconds
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.clock_watch import WaitingClock

_MARK_REACHED = b'"type":"MarkReached"'
_TICKETS_AT_ONCE = 1_000


class Passing:
    """Has recorded what comes due, and does what the policies say at marks.

    Its commands are those of the watcher and the escalator, with their ids: a node that begins on
    the finished desk finds everything done.
    """

    def __init__(self, desk: Desk) -> None:
        """Begins with the first record of the desk."""
        self._desk = desk
        self._due = DueTimes()
        self._follower = Follower(desk.ledger)
        self._escalator = Escalator(desk.ledger, self._state_of)

    def next_at(self) -> datetime | None:
        """When something is due next; None where nothing is."""
        at = self._due.next_at()
        return None if at is None else from_microseconds(at)

    def looks(self, until: datetime) -> tuple[list[Step], datetime]:
        """The looks at clocks that are due by a time, each at its own; and until when they hold.

        That is the first look at which a policy may act, since what follows is to come after that.
        A look that is overtaken by what happens to the ticket before finds nothing to record.
        """
        found: list[WaitingClock] = []
        while taken := self._due.take(microseconds(until), _TICKETS_AT_ONCE):
            found += taken
        found.sort()
        acting = self._acting()
        for place, one in enumerate(found):
            if _metric(one) in acting:
                self._due.state_all(found[place + 1 :])
                del found[place + 1 :]
                until = from_microseconds(one.at)
        return [self._look(one) for one in found], until

    def follow(self, at: datetime) -> list[Step]:
        """Takes in what was recorded by a time, and gives what is to be done about it then."""
        records = self._follower.batch()
        for record in records:
            if CLOCK_MARK in record.value:
                for told in clock_times(record):
                    self._note(record.number or 0, told)
        return [step for one in records if _MARK_REACHED in one.value for step in self._do(at, one)]

    def _do(self, at: datetime, record: StoredRecord) -> Iterator[Step]:
        for fact in facts(record, self._escalator.types):
            for place, reaction in enumerate(self._escalator.reactions(fact)):
                request = request_for(self._escalator, fact, place, reaction)
                yield Step(at, reaction.stream, reaction.command, request, None)

    def _note(self, ticket: int, told: ClockTime) -> None:
        if told.at is None:
            self._due.forget(ticket, told.clock)
        else:
            self._due.state(WaitingClock(told.at, ticket, told.clock, told.version))

    def _acting(self) -> set[str]:
        """The metrics at whose marks something is to be done."""
        published = self._state_of(POLICY_STREAM)
        if published is None or published.latest is None:
            return set()
        return {
            target.metric
            for policy in published.latest.document.policies
            for target in policy.targets
            if any(mark.level or mark.actions for mark in target.marks)
        }

    def _look(self, watched: WaitingClock) -> Step:
        stream, command, request, _ = observation(watched, self._desk.ledger)
        return Step(from_microseconds(watched.at), stream, command, request, None)

    def _state_of(self, stream: str) -> Any:
        return self._desk.writer.streams.load(stream).state


def _metric(watched: WaitingClock) -> str:
    return watched.clock.partition("/")[0]
