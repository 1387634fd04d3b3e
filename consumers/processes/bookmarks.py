"""A process's progress in the ledger: streams `process/<name>/<lane>`."""

import time
from collections.abc import Iterable
from typing import Protocol

from deskledger.consumers.processes.lane_agenda import LaneAgenda
from deskledger.consumers.processes.reactions import ProcessManager
from deskledger.domain.process import MakeProgress, Reached
from deskledger.domain.shapes import Actor
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.freshness import ALWAYS_FRESH, Freshness
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task, Writer

RELEVANT_MAX = 1_000
PAUSE_SECONDS = 5.0


class ReadLedger(FollowedLedger, Protocol):
    """What is asked of a ledger."""

    def freshness(self) -> Freshness:
        """How fresh its answers are."""


class Bookmarks:
    """Reads and records how far a process has come in each lane."""

    def __init__(
        self, process: ProcessManager, ledger: ReadLedger, writer: Writer, actor: Actor
    ) -> None:
        self._process = process
        self._ledger = ledger
        self._writer = writer
        self._actor = actor
        self._written_at = time.monotonic()

    def begins_at(self, lane: int) -> Progress:
        """From where a lane is to be read: what a predecessor left, else where a new one begins.

        Raises:
            LedgerDamaged: the lane no longer holds what a predecessor had read.
            Unavailable: this node has not read the lane so far yet.
        """
        state = self._writer.streams.load(self._stream(lane)).state
        if state is not None and state.latest is not None:
            left = state.latest.resume
            found = Progress(
                self._ledger.desk, lane, left.records, left.sequence, bytes.fromhex(left.hash)
            )
            self._check(found)
            return found
        if self._process.from_beginning:
            return Progress(self._ledger.desk, lane, 0, 0, bytes(32))
        return self._ledger.progress()[lane]

    def _check(self, left: Progress) -> None:
        """Compares what a predecessor left with the lane, as soon as that was read so far here."""
        name, lane, records = self._process.name, left.lane, left.records
        is_copy = self._ledger.freshness() != ALWAYS_FRESH
        is_behind = is_copy and self._ledger.progress()[lane].records < records
        if not records or self._ledger.progress_at(lane, records) == left:
            return
        if is_behind:
            # A log that was cut is told by whoever reads it.
            raise Unavailable(f"Lane {lane} is not read here as far as {name} had come.")
        told = f"Lane {lane} no longer holds what {name} read from it."
        raise LedgerDamaged(told, lane=lane, records=records)

    def write_if_due(self, agendas: Iterable[LaneAgenda]) -> None:
        """Records the progress where enough was done, or long enough ago.

        Raises:
            Unavailable, OutcomeUnknown, Conflict: nothing is lost, the work is found done later.
        """
        some = list(agendas)
        if time.monotonic() - self._written_at >= PAUSE_SECONDS:
            self.write(some)
        else:
            self._write(agenda for agenda in some if agenda.relevant >= RELEVANT_MAX)

    def write(self, agendas: Iterable[LaneAgenda]) -> None:
        """Records the progress of the lanes in which anything concerned the process.

        Raises:
            Unavailable, OutcomeUnknown, Conflict: as `write_if_due`.
        """
        self._write(agenda for agenda in agendas if agenda.relevant)
        self._written_at = time.monotonic()

    def _write(self, agendas: Iterable[LaneAgenda]) -> None:
        some = list(agendas)
        if not some:
            return
        self._writer.execute_many([self._task(agenda) for agenda in some])
        for agenda in some:
            agenda.relevant = 0

    def _task(self, agenda: LaneAgenda) -> Task:
        read = agenda.read
        resume = self._ledger.progress_at(read.lane, agenda.resume_records())
        command = MakeProgress(
            rules=self._process.rules,
            lane=read.lane,
            read=_reached(read),
            resume=_reached(resume or Progress(read.desk, read.lane, 0, 0, bytes(32))),
        )
        request = Request(self._actor, "process", self._process.name)
        return Task(self._stream(read.lane), command, request)

    def _stream(self, lane: int) -> str:
        return f"process/{self._process.name}/{lane}"


def _reached(at: Progress) -> Reached:
    return Reached(records=at.records, sequence=at.sequence, hash=at.hash.hex())
