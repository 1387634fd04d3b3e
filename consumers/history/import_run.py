"""One run of the importer: rows become commands, and every row is accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from deskledger.consumers.history.cases import Cases
from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.people import UNDETERMINED, Mention, People
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.report import Example, ImportReport
from deskledger.consumers.history.row_reader import Reading, RowReader
from deskledger.consumers.history.rows import Row, SourceRow, UnreadableRow
from deskledger.consumers.history.sources import columns_read, unread_columns
from deskledger.consumers.history.statements import made
from deskledger.domain.identifiers import ticket_id
from deskledger.domain.references import LinkReference, Reference
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.identity import command_id
from deskledger.eventlog.requests import Answer, Request
from deskledger.eventlog.vault import Secrets
from deskledger.eventlog.writer import Task, Writer

SURFACE = "import"
_STATED = {"occurred_at", "parts"}


class _Entry(NamedTuple):
    """A row that can become a command."""

    row: SourceRow
    case: str
    reading: Reading
    command_id: str


class _Plan(NamedTuple):
    """A row's command, but for the customer; an opening is one when it is the case's first."""

    entry: _Entry
    stream: str | None
    opening: OpenTicket | None
    customer: Mention | None


class ImportRun:
    """Records the rows of one log and keeps the account.

    Attributes:
        report: what has become of the rows so far.
        cases: which ticket each case is.
    """

    def __init__(self, mapping: Mapping, file: str, writer: Writer, secrets: Secrets) -> None:
        self.report = ImportReport(mapping.id, file)
        self.cases = Cases(mapping.system, mapping.row.reference)
        self._mapping = mapping
        self._writer = writer
        self._command_key = secrets.command
        self._importer = Actor(kind="importer", id=mapping.system, version=mapping.version)
        asked = Request(self._importer, SURFACE, mapping.id)
        language = mapping.opening.language or UNDETERMINED
        self._people = People(writer, secrets, asked, system=mapping.system, language=language)
        self._reader = RowReader(mapping, columns_read(mapping), self._people.agent)
        self._agents = Memo(self._agent)
        self._tickets = Memo[str, str](lambda opener: f"ticket/{ticket_id(opener)}")

    def import_chunk(self, rows: Sequence[Row]) -> None:
        """Record rows.

        Rows whose case could not be opened by the row before them come again: the next of them
        opens it.
        """
        self.report.rows += len(rows)
        entries = [entry for row in rows if (entry := self._entry(row)) is not None]
        while entries:
            entries = self._record(entries)

    def finish(self, seen: set[str]) -> ImportReport:
        """Complete the report."""
        self.report.named = self._people.named
        self.report.unread = unread_columns(self._mapping, seen)
        return self.report

    def _entry(self, row: Row) -> _Entry | None:
        if isinstance(row, UnreadableRow):
            self.report.set_aside(row.reason, Example(row.line, "", row.detail))
            return None
        try:
            case = self._reader.case(row)
            occurrence = self.cases.occurrence(case, row.hash)
            reading = self._reader.read(row)
        except RowQuarantined as quarantined:
            self._set_aside(row, quarantined)
            return None
        identity = command_id(
            self._command_key,
            surface=SURFACE,
            credential=self._mapping.system,
            idempotency_key=f"{case}\x1f{row.hash.hex()}\x1f{occurrence}",
        )
        return _Entry(row, case, reading, identity)

    def _record(self, entries: Sequence[_Entry]) -> list[_Entry]:
        """Record rows and give those that have to come again."""
        openers: dict[str, str] = {}
        plans = [plan for entry in entries if (plan := self._plan(entry, openers)) is not None]
        self._people.meet(mention for plan in plans for mention in _mentions(plan))
        answers = self._writer.execute_many([self._task(plan) for plan in plans])
        again: list[_Entry] = []
        for (entry, _stream, opening, _customer), answer in zip(plans, answers, strict=True):
            if entry.case in openers and opening is None and answer.version == 0:
                again.append(entry)
                continue
            self._account(entry, answer)
            if opening is not None and answer.version:
                self.cases.opened(entry.case, entry.command_id)
                self.report.opened += answer.outcome == "done" and not answer.repeated
        return again

    def _plan(self, entry: _Entry, openers: dict[str, str]) -> _Plan | None:
        """Say whether a row opens its case; `openers` are those of this call."""
        opener = openers.get(entry.case) or self.cases.opener(entry.case)
        if opener is not None and opener != entry.command_id:
            return _Plan(entry, self._tickets[opener], None, None)
        try:
            opening = self._reader.opening(entry.row)
            fields = {**opening.fields, "references": (self._reference(entry.case),)}
            command = made(OpenTicket, fields)
        except RowQuarantined as quarantined:
            self._set_aside(entry.row, quarantined)
            return None
        openers[entry.case] = entry.command_id
        return _Plan(entry, None, command, opening.customer)

    def _task(self, plan: _Plan) -> Task:
        """The row's command: whatever the row says, whether or not it is news."""
        reading = plan.entry.reading
        parts = (*reading.standing, *reading.record, *reading.final)
        if plan.opening is not None:
            parts = (self._opening(plan.opening, plan.customer), *reading.standing, *reading.final)
        if not parts:
            parts = (LinkReference(references=(self._reference(plan.entry.case),)),)
        # Each part was validated when its texts were first read; validating all of them again for
        # each row would take longer than everything else here.
        command = Together.model_construct(
            _STATED, type="Together", occurred_at=reading.at, by=None, parts=parts
        )
        request = Request(
            self._importer,
            SURFACE,
            self._mapping.id,
            command_id=plan.entry.command_id,
            on_behalf_of=reading.by and self._agents[reading.by],
            history=True,
        )
        return Task(plan.stream, command, request)

    def _opening(self, opening: OpenTicket, customer: Mention | None) -> OpenTicket:
        if customer is None:
            return opening
        return opening.model_copy(update={"customer": self._people.customer(customer)})

    def _reference(self, case: str) -> Reference:
        return Reference(system=self._mapping.system, kind=self._mapping.row.reference, id=case)

    def _agent(self, mention: Mention) -> Actor:
        return Actor(kind="agent", id=self._people.agent(mention))

    def _account(self, entry: _Entry, answer: Answer) -> None:
        report = self.report
        # A key that was used for another command means that this row was imported when the
        # mapping, or the hindsight that the source has of it, was another.
        if answer.repeated or answer.code == "key_reused":
            report.already_imported += 1
        elif answer.outcome == "done":
            report.used += 1
            report.events += len(answer.events)
        elif answer.outcome == "nothing":
            report.no_change += 1
        else:
            told = ", ".join(f"{name} {value}" for name, value in answer.facts.items())
            report.refuse(answer.code or "", Example(entry.row.line, entry.case, told))

    def _set_aside(self, row: SourceRow, quarantined: RowQuarantined) -> None:
        self.report.set_aside(quarantined.reason, Example(row.line, row.case, quarantined.detail))


def _mentions(plan: _Plan) -> Iterator[Mention]:
    yield from plan.entry.reading.mentions
    if plan.customer is not None:
        yield plan.customer
