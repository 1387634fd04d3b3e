"""From what a row says to its one command, whose id names the row for ever."""

from __future__ import annotations

from typing import NamedTuple

from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.people import Mention, People
from deskledger.consumers.history.row_reader import Reading, RowReader
from deskledger.consumers.history.rows import SourceRow
from deskledger.consumers.history.sources import columns_read
from deskledger.consumers.history.statements import made, said
from deskledger.domain.identifiers import ticket_id
from deskledger.domain.references import LinkReference, Reference
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.identity import command_id
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.stated import stated_by_parts
from deskledger.eventlog.writing.writer import Task

SURFACE = "import"


class Entry(NamedTuple):
    """A row that can become a command.

    Attributes:
        case: the name of its case.
        command_id: follows from system, case, what the row says and the how many-th such row of
            the case it is; so the row has it in every import.
    """

    row: SourceRow
    case: str
    reading: Reading
    command_id: str


class OpeningPart(NamedTuple):
    """The opening that a row makes if it is the first of its case; the customer stands beside."""

    command: OpenTicket
    customer: Mention | None


class RowCommands:
    """Makes the commands of one mapping's rows."""

    def __init__(
        self, mapping: Mapping, people: People, importer: Actor, command_key: bytes
    ) -> None:
        """`command_key` is the desk's secret key from which command ids are made."""
        self._mapping = mapping
        self._people = people
        self._command_key = command_key
        self._reader = RowReader(mapping, columns_read(mapping), people.agent)
        self._actors = Memo(self._actor)
        self._tickets = Memo[str, str](lambda opener: f"ticket/{ticket_id(opener)}")
        self._importer = importer

    def case(self, row: SourceRow) -> str:
        """The name of a row's case.

        Raises:
            RowQuarantined: it has none that could be a reference.
        """
        return self._reader.case(row)

    def entry(self, row: SourceRow, case: str, occurrence: int) -> Entry:
        """A row, read.

        Args:
            row: as the file has it.
            case: the name of its case.
            occurrence: the how many-th row of the case that says this, from 1.

        Raises:
            RowQuarantined: a value cannot be read.
        """
        identity = command_id(
            self._command_key,
            surface=SURFACE,
            credential=self._mapping.system,
            idempotency_key=f"{case}\x1f{row.hash.hex()}\x1f{occurrence}",
        )
        return Entry(row, case, self._reader.read(row), identity)

    def opening(self, entry: Entry) -> OpeningPart:
        """The opening that a row makes.

        Raises:
            RowQuarantined: a value cannot be read.
        """
        fields, customer = self._reader.opening(entry.row)
        references = (self._reference(entry.case),)
        return OpeningPart(made(OpenTicket, {**fields, "references": references}), customer)

    def task(self, entry: Entry, opener: str | None, opening: OpeningPart | None) -> Task:
        """The row's command, which says whatever the row says, whether or not it is news.

        Args:
            entry: the row.
            opener: id of the command that opened the ticket; None where this row does.
            opening: its opening, if it opens the ticket.
        """
        reading = entry.reading
        if opening is None:
            parts = (*reading.standing, *reading.record, *reading.final)
        else:
            parts = (said(self._opening(opening)), *reading.standing, *reading.final)
        parts = parts or (said(LinkReference(references=(self._reference(entry.case),))),)
        # Each part was validated and written when its texts were first read; to do so again for
        # each row would take longer than making the command.
        command = Together.of_valid(tuple([part.command for part in parts]), occurred_at=reading.at)
        stated = stated_by_parts([part.stated for part in parts], reading.at)
        request = Request(
            self._importer,
            SURFACE,
            self._mapping.id,
            command_id=entry.command_id,
            on_behalf_of=None if reading.by is None else self._actors[reading.by],
            history=True,
        )
        stream = None if opener is None else self._tickets[opener]
        return Task(stream, command, request, stated)

    def _opening(self, opening: OpeningPart) -> OpenTicket:
        if opening.customer is None:
            return opening.command
        customer = self._people.customer(opening.customer)
        return opening.command.model_copy(update={"customer": customer})

    def _reference(self, case: str) -> Reference:
        return Reference(system=self._mapping.system, kind=self._mapping.row.reference, id=case)

    def _actor(self, mention: Mention) -> Actor:
        return Actor(kind="agent", id=self._people.agent(mention))
