"""The process that lets time pass for clocks: it has what is due recorded when its time comes."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog

from deskledger.consumers.processes.clock_times import CLOCK_MARK, clock_times
from deskledger.consumers.processes.due_times import DueTimes
from deskledger.consumers.processes.outcomes import Outcome, Outcomes
from deskledger.consumers.processes.runner import Parts
from deskledger.consumers.processes.stepping import MUCH, PASSING, until, work_on
from deskledger.domain.shapes import Actor, instant_text
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.instants import from_microseconds, microseconds
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.writing.requests import Answer, Cause, Request
from deskledger.eventlog.writing.writer import Task
from deskledger.projections.clock_watch import WaitingClock

NAME = "watcher"
RULES = 1
BATCH_RECORDS_MAX = 2_000
BEHIND_RECORDS_MAX = 1_000
TICKETS_AT_ONCE = MUCH
SECOND = 1_000_000
# After so long something is asked again of which nothing came; later and later if nothing does.
AGAIN_MICROSECONDS = 5 * SECOND
AGAIN_MICROSECONDS_MAX = 3_600 * SECOND

_ACTOR = Actor(kind="system", id=NAME, version=RULES)

_log = structlog.get_logger()


class TicketNumbers(Protocol):
    """What is asked of a ledger: which ticket has a number."""

    lanes: int

    def stream_of(self, noun: str, number: int) -> str | None:
        """The stream of a noun that has this number."""


Begin = Callable[[frozenset[int], DueTimes], Sequence[Progress] | None]
"""Takes in what waits in some lanes and gives from where to follow them; None for not yet."""


class Watcher:
    """Issues `ObserveClocks` for the tickets of the lanes whose lease it holds.

    It knows nothing that is not in the events of clocks, so it keeps no progress: it begins from
    the tables, or from the ledger's first record, and follows from there. A command's id follows
    from the ticket, the clock, the instant and the event that stated it; and what is decided is
    decided on the ticket as it is then. So a watcher that was killed, a second one beside it, or a
    clock that was set back change nothing twice.
    """

    def __init__(self, parts: Parts, tickets: TicketNumbers, begin: Begin) -> None:
        """`begin` is asked for lanes that come; nothing is done before it has answered."""
        self.outcomes = Outcomes()
        self.due = DueTimes()
        self._parts = parts
        self._tickets = tickets
        self._begin = begin
        self._read: dict[int, Progress] = {}
        self._follower: Follower | None = None
        self._taken: list[WaitingClock] = []
        self._answered = True
        self._next_at: int | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set; where the desk is unavailable it tries again.

        Raises:
            LedgerDamaged: the ledger does not hold what had been read from it.
        """
        work_on(stop, NAME, self.step, self._wait_seconds)

    def step(self, timeout_seconds: float = 0.0) -> int:
        """Reads what has come, then has recorded what is due; gives how many records and tickets.

        Raises:
            Unavailable, OutcomeUnknown, Conflict: something is still to be done; step again.
        """
        follower = self._held()
        if follower is None:
            time.sleep(timeout_seconds)
            return 0
        records = follower.batch(timeout_seconds)
        for record in records:
            if CLOCK_MARK in record.value:
                self._note(record)
        for last in {one.lane: one for one in records}.values():
            self._read[last.lane] = Progress.after(last, self._parts.ledger.desk)
        # With much more to read, what seems due may have been settled long since.
        done = self._act() if self._behind() < BEHIND_RECORDS_MAX else 0
        self._next_at = self.due.next_at()
        return len(records) + done

    def facts(self) -> dict[str, Any]:
        """Which lanes it holds, how many clocks wait, for when, how late it is, what it did."""
        at = self._next_at
        late = 0 if at is None else max(microseconds(self._parts.clock()) - at, 0)
        return {
            "lanes": sorted(self._read),
            "behind": self._behind(),
            "waiting": len(self.due),
            "next_at": None if at is None else instant_text(from_microseconds(at)),
            "late_seconds": round(late / SECOND, 1),
            **self.outcomes.counts(),
        }

    def _behind(self) -> int:
        """How many records of its lanes it has not read."""
        read = dict(self._read)
        every = self._parts.ledger.progress()
        return sum(at.records - read[at.lane].records for at in every if at.lane in read)

    def _held(self) -> Follower | None:
        """Follows the lanes of the lease; for lanes that come, their clocks are taken in."""
        lanes = self._parts.lease.lanes()
        if lanes != self._read.keys():
            self._let_go(lanes)
            begun = self._begin(lanes - self._read.keys(), self.due)
            if begun is None:
                return None
            self._read |= {at.lane: at for at in begun}
            self._follower = Follower(
                self._parts.ledger,
                self._read.values(),
                lanes=sorted(lanes),
                batch_size_max=BATCH_RECORDS_MAX,
            )
            _log.info("lanes_held", process=NAME, lanes=sorted(lanes), waiting=len(self.due))
        return self._follower if lanes else None

    def _let_go(self, lanes: frozenset[int]) -> None:
        self._read = {lane: read for lane, read in self._read.items() if lane in lanes}
        count = self._tickets.lanes
        self.due.keep(lambda number: (number - 1) % count in lanes)

    def _note(self, record: StoredRecord) -> None:
        try:
            for told in clock_times(record):
                self._set(record.number or 0, told.clock, told.at, told.version)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # The judge lets any object be an event.
            self._park(record.stream, error)

    def _set(self, ticket: int, clock: str, at: int | None, version: int) -> None:
        if at is None:
            self.due.forget(ticket, clock)
        else:
            self.due.state(WaitingClock(at, ticket, clock, version))

    def _act(self) -> int:
        """Has recorded what is due, for some tickets; gives for how many."""
        now = microseconds(self._parts.clock())
        for watched in self._taken:
            self.due.postpone(watched, now + self._delay(now - watched.at))
        self._taken, self._answered = self.due.take(now, TICKETS_AT_ONCE), False
        if self._taken:
            # Others may have published rules, or written to the tickets.
            self._parts.writer.streams.recheck()
        tasks = [observation(watched, self._tickets) for watched in self._taken]
        for watched, answer in zip(self._taken, self._answers(tasks), strict=True):
            self._count(watched, answer)
        self._answered = True
        return len(tasks)

    def _delay(self, late: int) -> int:
        """After how long to ask again; as long as it is late already where nothing came of it."""
        if not self._answered:
            return AGAIN_MICROSECONDS
        return min(max(late, AGAIN_MICROSECONDS), AGAIN_MICROSECONDS_MAX)

    def _answers(self, tasks: Sequence[Task]) -> list[Answer | Exception]:
        """What became of commands; those of which one fails for good are asked one by one."""
        if not tasks:
            return []
        try:
            return list(self._parts.writer.execute_many(tasks))
        except PASSING:
            raise
        except Exception:  # noqa: BLE001 - one of them is at fault: it will raise when alone
            return [self._alone(task) for task in tasks]

    def _alone(self, task: Task) -> Answer | Exception:
        assert task.stream is not None, "tickets are observed that exist"
        try:
            return self._parts.writer.execute(task.stream, task.command, task.request)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - told, and parked
            self._park(task.stream, error)
            return error

    def _count(self, watched: WaitingClock, answer: Answer | Exception) -> None:
        if isinstance(answer, Exception):
            # It is tried again when a watcher begins anew.
            self.due.forget(watched.ticket, watched.clock)
            return
        done = Outcome.APPLIED if answer.outcome == "done" else Outcome.NOT_MINE
        self.outcomes.add(Outcome.DUPLICATE if answer.repeated else done)

    def _park(self, stream: str, error: Exception) -> None:
        self.outcomes.add(Outcome.PARKED)
        reason = f"{type(error).__name__}: {error}"
        _log.error("reaction_parked", process=NAME, stream=stream, reason=reason)

    def _wait_seconds(self) -> float:
        """Until something is due, at most so long that the lease is kept."""
        at = self.due.wakes_at()
        return until(None if at is None else (at - microseconds(self._parts.clock())) / SECOND)


def observation(watched: WaitingClock, tickets: TicketNumbers) -> Task:
    """What has recorded what has become of a clock; the same again whoever asks, however often."""
    stream = tickets.stream_of("ticket", watched.ticket)
    assert stream is not None, "what has a number is in the ledger"
    request = Request(
        _ACTOR,
        "process",
        NAME,
        key=f"{RULES}/{watched.clock}/{watched.at}/{watched.version}",
        cause=Cause(stream, watched.version),
    )
    return Task(stream, ObserveClocks(), request)
