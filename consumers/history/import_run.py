"""One run of the importer: rows become commands, and every row is accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from deskledger.consumers.history.cases import Cases
from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.people import UNDETERMINED, Mention, People
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.report import Example, ImportReport
from deskledger.consumers.history.row_commands import SURFACE, Entry, OpeningPart, RowCommands
from deskledger.consumers.history.rows import Row, UnreadableRow
from deskledger.consumers.history.sources import unread_columns
from deskledger.domain.shapes import Actor
from deskledger.eventlog.vault.vault import Secrets
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.writer import Writer

Outcome = Answer | RowQuarantined


class _Plan(NamedTuple):
    """A row's place among the commands of one call.

    Attributes:
        opener: id of the command that opens the ticket; None where this row does.
        opening: its opening, if it opens the ticket.
        failed: what came of an earlier attempt to open the ticket with this row.
    """

    entry: Entry
    opener: str | None
    opening: OpeningPart | None = None
    failed: Outcome | None = None


class ImportRun:
    """Records the rows of one log and keeps the account.

    The first row of a case opens its ticket. If it cannot, because it is refused or lacks what an
    opening needs, the next row does, and the first is recorded right behind it. So every row that
    can be recorded is, and a later import finds it.

    Attributes:
        report: what has become of the rows so far.
        cases: which ticket each case is.
    """

    def __init__(self, mapping: Mapping, file: str, writer: Writer, secrets: Secrets) -> None:
        importer = Actor(kind="importer", id=mapping.system, version=mapping.version)
        asked = Request(importer, SURFACE, mapping.id)
        language = mapping.opening.language or UNDETERMINED
        self.report = ImportReport(mapping.id, file)
        self.cases = Cases(mapping.system, mapping.row.reference)
        self._mapping = mapping
        self._writer = writer
        self._people = People(writer, secrets, asked, system=mapping.system, language=language)
        self._commands = RowCommands(mapping, self._people, importer, secrets.command)
        # By case without a ticket: the rows that could not open it.
        self._failed: dict[str, list[tuple[Entry, Outcome]]] = {}

    def import_chunk(self, rows: Sequence[Row]) -> None:
        """Record rows, in one transaction unless a case cannot be opened by its first."""
        self.report.rows += len(rows)
        entries = [entry for row in rows if (entry := self._entry(row)) is not None]
        while entries:
            entries = self._record(entries)

    def finish(self, seen: set[str]) -> ImportReport:
        """Complete the report; rows of cases that nothing opened keep their first outcome."""
        for failed in self._failed.values():
            for entry, outcome in failed:
                self._account(entry, outcome)
        self.report.named = self._people.named
        self.report.unread = unread_columns(self._mapping, seen)
        return self.report

    def _entry(self, row: Row) -> Entry | None:
        if isinstance(row, UnreadableRow):
            self.report.set_aside(row.reason, Example(row.line, "", row.detail))
            return None
        try:
            case = self._commands.case(row)
            return self._commands.entry(row, case, self.cases.occurrence(case, row.hash))
        except RowQuarantined as error:
            self.report.set_aside(error.reason, Example(row.line, row.case, error.detail))
            return None

    def _record(self, entries: Iterable[Entry]) -> list[Entry]:
        """Record rows; give those that have to come again, as their case has no ticket yet."""
        plans = list(self._plans(entries))
        self._people.meet(mention for plan in plans for mention in _mentions(plan))
        answers = self._writer.execute_many(
            [self._commands.task(plan.entry, plan.opener, plan.opening) for plan in plans]
        )
        again: list[Entry] = []
        for plan, answer in zip(plans, answers, strict=True):
            if answer.version:
                self._settle(plan, answer)
            elif plan.opening is not None:
                self._fail(plan.entry, answer)
            elif plan.failed is not None:
                self._fail(plan.entry, plan.failed)
            else:
                again.append(plan.entry)
        return again

    def _plans(self, entries: Iterable[Entry]) -> Iterator[_Plan]:
        """Say of each row whether it opens its case; behind an opening come those that failed."""
        openers: dict[str, str] = {}
        for entry in entries:
            opener = openers.get(entry.case) or self.cases.opener(entry.case)
            if opener is not None and opener != entry.command_id:
                yield _Plan(entry, opener)
                continue
            try:
                opening = self._commands.opening(entry)
            except RowQuarantined as error:
                self._fail(entry, error)
                continue
            openers[entry.case] = entry.command_id
            yield _Plan(entry, None, opening)
            for failed, outcome in self._failed.pop(entry.case, ()):
                yield _Plan(failed, entry.command_id, failed=outcome)

    def _fail(self, entry: Entry, outcome: Outcome) -> None:
        self._failed.setdefault(entry.case, []).append((entry, outcome))

    def _settle(self, plan: _Plan, answer: Answer) -> None:
        if plan.opening is not None:
            self.cases.opened(plan.entry.case, plan.entry.command_id)
            self.report.opened += answer.outcome == "done" and not answer.repeated
        self._account(plan.entry, answer)

    def _account(self, entry: Entry, outcome: Outcome) -> None:
        report = self.report
        if isinstance(outcome, RowQuarantined):
            example = Example(entry.row.line, entry.case, outcome.detail)
            report.set_aside(outcome.reason, example)
        elif outcome.repeated or outcome.code == "key_reused":
            # A key that was used for another command is this row's all the same: it was imported
            # when the mapping, or the hindsight that the source has of it, was another.
            report.already_imported += 1
        elif outcome.outcome == "done":
            report.used += 1
            report.events += len(outcome.events)
        elif outcome.outcome == "nothing":
            report.no_change += 1
        else:
            told = ", ".join(f"{name} {value}" for name, value in outcome.facts.items())
            report.refuse(outcome.code or "", Example(entry.row.line, entry.case, told))


def _mentions(plan: _Plan) -> Iterator[Mention]:
    yield from plan.entry.reading.mentions
    if plan.opening is not None and plan.opening.customer is not None:
        yield plan.opening.customer
