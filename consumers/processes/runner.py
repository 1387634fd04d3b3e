"""Runs a process manager: reads lanes, does what is due, records how far it has come."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

import structlog

from deskledger.consumers.processes.bookmarks import Bookmarks, ReadLedger
from deskledger.consumers.processes.lane_agenda import Due, LaneAgenda
from deskledger.consumers.processes.lease import Lease
from deskledger.consumers.processes.outcomes import Outcome, Outcomes
from deskledger.consumers.processes.reactions import (
    Effect,
    Fact,
    ProcessManager,
    Reaction,
    actor_of,
    facts,
    request_for,
)
from deskledger.consumers.processes.stepping import PASSING, until, work_on
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.writing.writer import Writer

BATCH_RECORDS_MAX = 500
# Between steps the lease is kept, and a stop is heard, however much is due at once.
REACTIONS_MAX = 500

_KNOWN: Mapping[str, Any] = MappingProxyType({})

_log = structlog.get_logger()


class Parts(NamedTuple):
    """What a runner works with."""

    ledger: ReadLedger
    writer: Writer
    clock: Callable[[], datetime]
    lease: Lease


class Runner:
    """One process manager in the lanes whose lease it holds.

    A reaction's command has an id that follows from the rules and the position of its cause, so a
    runner that was killed, or a second one beside it, changes nothing twice. Progress is recorded
    only after events that concern the process.
    """

    def __init__(self, process: ProcessManager, parts: Parts) -> None:
        self.outcomes = Outcomes()
        self._process = process
        self._parts = parts
        self._bookmarks = Bookmarks(process, parts.ledger, parts.writer, actor_of(process))
        self._markers = [f'"type":"{name}"'.encode() for name in process.types]
        self._agendas: dict[int, LaneAgenda] = {}
        self._follower: Follower | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set; where the desk is unavailable it tries again.

        Raises:
            LedgerDamaged: the ledger does not hold what had been read from it.
        """
        work_on(stop, self._process.name, self.step, self._wait_seconds)
        # Progress that is not written down is found again by reading.
        with suppress(*PASSING):
            self._bookmarks.write(self._agendas.values())

    def step(self, timeout_seconds: float = 0.0) -> int:
        """Reads what has come, does what is due, records the progress.

        Returns:
            How many records it read and reactions it took up; at 0 there is nothing left for now.

        Raises:
            Unavailable, OutcomeUnknown, Conflict: something is still to be done; step again.
        """
        follower = self._held()
        if follower is None:
            time.sleep(timeout_seconds)
            return 0
        # What is due is done before more is read: whole events wait for it in memory.
        records = [] if self._has_due(self._parts.clock()) else follower.batch(timeout_seconds)
        for record in records:
            self._read(record)
        done = self._act()
        self._bookmarks.write_if_due(self._agendas.values())
        return len(records) + done

    def facts(self) -> dict[str, Any]:
        """Which lanes it holds, how much waits for its time, and what became of the rest."""
        return {
            "lanes": sorted(self._agendas),
            "waiting": self.waiting(),
            **self.outcomes.counts(),
        }

    def waiting(self) -> int:
        """How many reactions wait for their time."""
        return sum(map(len, list(self._agendas.values())))

    def _held(self) -> Follower | None:
        """Follows the lanes of the lease; a lane that comes is taken up where it was left."""
        lanes = self._parts.lease.lanes()
        if lanes != self._agendas.keys():
            self._bookmarks.write(agenda for lane, agenda in self._agendas.items() if lane in lanes)
            kept = {lane: self._agendas[lane] for lane in lanes & self._agendas.keys()}
            taken = {
                lane: LaneAgenda(self._bookmarks.begins_at(lane)) for lane in lanes - kept.keys()
            }
            self._agendas = kept | taken
            read = [agenda.read for agenda in self._agendas.values()]
            self._follower = Follower(
                self._parts.ledger, read, lanes=sorted(lanes), batch_size_max=BATCH_RECORDS_MAX
            )
            _log.info("lanes_held", process=self._process.name, lanes=sorted(lanes))
        return self._follower if lanes else None

    def _read(self, record: StoredRecord) -> None:
        agenda = self._agendas[record.lane]
        if record.version is not None and any(mark in record.value for mark in self._markers):
            self._note(record, agenda)
        agenda.read = Progress.after(record, agenda.read.desk)

    def _note(self, record: StoredRecord, agenda: LaneAgenda) -> None:
        now = self._parts.clock()
        for fact in facts(record, self._process.types):
            agenda.relevant += 1
            agenda.add(Due(now, fact.sequence, 0, record.record - 1, fact, None))

    def _act(self) -> int:
        now, done = self._parts.clock(), 0
        if self._has_due(now):
            # Lanes are read one after the other: what led to an event of one may stand behind
            # what was read of another, and what is kept of a stream may be older still.
            self._parts.writer.streams.recheck()
        for agenda in self._agendas.values():
            for due in islice(agenda.take(now), REACTIONS_MAX - done):
                done += 1
                try:
                    if due.reaction is None:
                        self._ask(due, agenda)
                    else:
                        self.outcomes.add(self._do(due, due.reaction))
                except PASSING:
                    agenda.add(due)
                    raise
                except Exception as error:  # noqa: BLE001 - the judge lets any object be an event
                    self._park(agenda, due.fact, due.records_before, error)
        return done

    def _has_due(self, now: datetime) -> bool:
        return any((at := one.next_due_at()) and at <= now for one in self._agendas.values())

    def _ask(self, due: Due, agenda: LaneAgenda) -> None:
        """Takes in what follows from an event, of which only its place is needed from then on."""
        fact = due.fact._replace(event=_KNOWN, actor=_KNOWN)
        for number, reaction in enumerate(tuple(self._process.reactions(due.fact))):
            due_at = reaction.due_at or due.due_at
            agenda.add(due._replace(due_at=due_at, place=number, fact=fact, reaction=reaction))

    def _do(self, due: Due, reaction: Reaction | Effect) -> Outcome:
        if isinstance(reaction, Effect):
            return Outcome.APPLIED if reaction.perform() else Outcome.DUPLICATE
        request = request_for(self._process, due.fact, due.place, reaction)
        answer = self._parts.writer.execute(reaction.stream, reaction.command, request)
        if answer.repeated:
            return Outcome.DUPLICATE
        return Outcome.APPLIED if answer.outcome == "done" else Outcome.NOT_MINE

    def _park(self, agenda: LaneAgenda, fact: Fact, records_before: int, error: Exception) -> None:
        self.outcomes.add(Outcome.PARKED)
        agenda.parked.append(records_before)
        _log.error(
            "reaction_parked",
            process=self._process.name,
            stream=fact.stream,
            lane=fact.lane,
            sequence=fact.sequence,
            reason=f"{type(error).__name__}: {error}",
        )

    def _wait_seconds(self) -> float:
        """Until something is due, at most so long that the lease is kept."""
        times = [at for agenda in self._agendas.values() if (at := agenda.next_due_at())]
        left = min(times) - self._parts.clock() if times else None
        return until(None if left is None else left.total_seconds())
