"""From a row to what it says about its ticket; nothing here depends on other rows or the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from deskledger.consumers.history.mapped_statements import MappedStatements
from deskledger.consumers.history.mapping import (
    SETTLING,
    Condition,
    ContactRules,
    Customer,
    Mapping,
)
from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.people import CONTROL_CHARACTERS, Mention
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.rows import SourceRow, Texts, picker
from deskledger.consumers.history.statements import Said, Statement, made, said
from deskledger.consumers.history.value_readers import ValueReaders
from deskledger.consumers.history.values import Reader, unlisted
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Part

_CONTACTS: dict[str, Callable[..., Part]] = {
    "message": ReceiveMessage,
    "reply": SendReply,
    "note": AddNote,
}
_JOINS = "/"
CASE_LENGTH_MAX = 200


class Reading(NamedTuple):
    """What a row says.

    Attributes:
        at: when it was true.
        by: who did it; None where the row does not say.
        standing: contact, party and status, in this order; as far as the row says them.
        record: classes, priority and fields.
        final: the fields that only a row that settles may say.
        mentions: the people and groups named.
    """

    at: datetime
    by: Mention | None
    standing: tuple[Said, ...]
    record: tuple[Said, ...]
    final: tuple[Said, ...]
    mentions: tuple[Mention, ...]


class OpeningReading(NamedTuple):
    """What a row says of the opening of its case.

    Attributes:
        fields: arguments of ``OpenTicket``, all but customer and reference.
        customer: None where the row names nobody.
    """

    fields: dict[str, Any]
    customer: Mention | None


class _Step(NamedTuple):
    """What a status means: whether it settles, and the command with and without hindsight."""

    settles: bool
    final: Statement | None
    plain: Statement | None


class RowReader:
    """Reads the rows of one log."""

    def __init__(
        self, mapping: Mapping, columns: Sequence[str], agent_id: Callable[[Mention], str]
    ) -> None:
        """`columns` are those of a row's values; `agent_id` gives the id of an agent."""
        place = {name: place for place, name in enumerate(columns)}
        readers = ValueReaders(mapping)
        statements = MappedStatements(mapping, place, readers, agent_id)
        row, opening = mapping.row, mapping.opening
        self._mapping = mapping
        self._missing = readers.missing
        self._instant = readers.times.instant
        self._statements = statements
        self._cases = Memo(self._case)
        self._times = Memo(self._time)
        self._at = place[row.occurred_at]
        self._known_from = place[row.known_from or row.occurred_at]
        self._opened_at = place[opening.occurred_at or row.occurred_at]
        self._by = _person(place, row.agent, readers.agent(row.agent) if row.agent else None)
        self._customer = _customer(place, opening.customer, readers)
        self._status_texts = picker([place[name] for name in mapping.status.columns])
        self._steps = Memo(self._step)
        self._contact = mapping.contact and _contact(place, mapping.contact)
        self._party = statements.party()
        only_when = mapping.party.only_when if mapping.party else None
        self._party_holds = _condition(place, only_when)
        self._opening = statements.opening()
        self._final = statements.fields(hindsight=True)
        record = (statements.classes(), statements.priority(), statements.fields(hindsight=False))
        self._record = tuple(statement for statement in record if statement is not None)

    def case(self, row: SourceRow) -> str:
        """The name of the row's case.

        Raises:
            RowQuarantined: it has none, or one that cannot be a reference.
        """
        return self._cases[row.case]

    def read(self, row: SourceRow) -> Reading:
        """What a row says.

        Raises:
            RowQuarantined: a time, the status or a value cannot be read.
        """
        values = row.values
        at = self._times[values[self._at]]
        step = self._steps[self._status_texts(values)]
        known = step.settles and self._is_known(at, values)
        by = self._by(values)
        mentions = [by] if by else []
        standing: list[Said] = []
        if self._contact:
            standing += self._contact(values)
        if self._party and self._party_holds(values):
            standing.append(_said(self._party, values, mentions))
        if status := step.final if known else step.plain:
            standing.append(_said(status, values, mentions))
        record = [_said(statement, values, mentions) for statement in self._record]
        final = [_said(self._final, values, mentions)] if known and self._final else []
        return Reading(at, by, tuple(standing), tuple(record), tuple(final), tuple(mentions))

    def opening(self, row: SourceRow) -> OpeningReading:
        """What a row says of its case's opening, should it be the first.

        Raises:
            RowQuarantined: a time or a value cannot be read.
        """
        values = row.values
        opening = self._mapping.opening
        fields: dict[str, Any] = {
            "kind": opening.kind,
            "direction": opening.direction,
            "occurred_at": self._times[values[self._opened_at]],
        }
        if opening.language:
            fields["language"] = opening.language
        for statement in (self._opening, *self._record):
            fields |= statement.stated(values).fields
        for name in ("fields", "personal_fields"):
            if name in fields:
                fields[name] = _without_none(fields[name])
        return OpeningReading(fields, self._customer(values))

    def _case(self, text: str) -> str:
        name = text.strip()
        if name in self._missing:
            raise RowQuarantined("case_missing", "the row does not say of which case it is")
        if len(name) > CASE_LENGTH_MAX or CONTROL_CHARACTERS.search(name):
            detail = f"a case has more than {CASE_LENGTH_MAX} characters, or control characters"
            raise RowQuarantined("case_invalid", detail)
        return name

    def _time(self, text: str) -> datetime:
        text = text.strip()
        if text in self._missing:
            raise RowQuarantined("time_missing", "the row does not say when it was true")
        return self._instant(text)

    def _is_known(self, at: datetime, values: Texts) -> bool:
        """Whether what the hindsight columns say was true at the row's time."""
        known_from = values[self._known_from].strip()
        return known_from in self._missing or at >= self._times[known_from]

    def _step(self, texts: Texts) -> _Step:
        text = _JOINS.join(text.strip() for text in texts)
        moves = self._mapping.status.moves
        move = moves.get(text)
        if move is None:
            raise RowQuarantined("status_unknown", f"the status is {unlisted(text, moves)}")
        hindsight = move.resolution and move.resolution.column in self._mapping.row.hindsight
        plain = move.model_copy(update={"resolution": None}) if hindsight else move
        return _Step(move.to in SETTLING, self._statements.move(move), self._statements.move(plain))


def _said(statement: Statement, values: Texts, mentions: list[Mention]) -> Said:
    told = statement.say(values)
    mentions += told.mentions
    return told


def _person(
    place: dict[str, int], column: str | None, read: Reader[Mention | None] | None
) -> Callable[[Texts], Mention | None]:
    """A reader of the person whom a row names in a column, if the mapping has one."""
    if column is None or read is None:
        return lambda _values: None
    memo, at = Memo(read), place[column]
    return lambda values: memo[values[at]]


def _customer(
    place: dict[str, int], customer: Customer | None, readers: ValueReaders
) -> Callable[[Texts], Mention | None]:
    if customer is None:
        return lambda _values: None
    return _person(place, customer.column, readers.customer(customer))


def _condition(place: dict[str, int], condition: Condition | None) -> Callable[[Texts], bool]:
    if condition is None:
        return lambda _values: True
    among, at = frozenset(condition.among), place[condition.column]
    return lambda values: values[at].strip() in among


def _contact(place: dict[str, int], rules: ContactRules) -> Callable[[Texts], list[Said]]:
    """A reader of the message, reply or note that a row may carry."""
    kind_at, text_at = place[rules.column], place[rules.text]

    def read(values: Texts) -> list[Said]:
        kind = rules.kinds.get(values[kind_at].strip())
        return [said(made(_CONTACTS[kind], {"text": values[text_at]}))] if kind else []

    return read


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
