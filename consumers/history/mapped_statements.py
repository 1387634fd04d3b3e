"""The statements that a mapping makes of a row: its classes, priority, fields, party and status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from deskledger.consumers.history.mapping import Customer, Mapping, Move, PartyRules
from deskledger.consumers.history.mapping_values import (
    FieldRule,
    FieldType,
    SlugValue,
    Value,
    columns_of,
)
from deskledger.consumers.history.people import (
    Mention,
    agent_mention,
    customer_mention,
    group_mention,
)
from deskledger.consumers.history.rows import Texts
from deskledger.consumers.history.statements import (
    Rules,
    Stated,
    Statement,
    reader_of,
)
from deskledger.consumers.history.values import (
    Reader,
    Times,
    boolean,
    integer,
    items,
    slug,
    value_reader,
)
from deskledger.domain.commands import Command
from deskledger.domain.fields import SetFields
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ResumeTicket,
    SolveTicket,
)

_MOVES: dict[str, type[Command]] = {
    "open": ResumeTicket,
    "pending": PendTicket,
    "on_hold": HoldTicket,
    "solved": SolveTicket,
    "closed": CloseTicket,
}


class MappedStatements:
    """Makes the statements of one mapping; a statement of nothing is None.

    Attributes:
        missing: the texts that stand for no value.
        times: reads the log's times.
    """

    def __init__(
        self, mapping: Mapping, columns: Sequence[str], agent_id: Callable[[Mention], str]
    ) -> None:
        """`columns` are those of a row's values; `agent_id` gives the id of an agent."""
        self._mapping = mapping
        self._places = {name: place for place, name in enumerate(columns)}
        self._agent_id = agent_id
        self.missing = frozenset({"", *mapping.source.missing})
        self.times = Times(mapping.source.times, mapping.source.zone)

    def classes(self) -> Statement | None:
        """Type, category, stage and tier."""
        record = self._mapping.record
        category = {f"category/{place}": rule for place, rule in enumerate(record.category)}
        rules = _stated_rules(record, "type_code", "stage", "tier")
        return self._statement({**rules, **category}, ClassifyTicket) if rules or category else None

    def priority(self) -> Statement | None:
        """Priority, impact and urgency."""
        rules = _stated_rules(self._mapping.record, "priority", "impact", "urgency")
        return self._statement(rules, PrioritiseTicket) if rules else None

    def fields(self, *, hindsight: bool) -> Statement | None:
        """The custom fields, plain and personal: those of hindsight columns, or all others."""
        record = self._mapping.record
        final = self._mapping.row.hindsight
        rules = {
            f"{kind}/{name}": rule
            for kind, stated in (
                ("fields", record.fields),
                ("personal_fields", record.personal_fields),
            )
            for name, rule in stated.items()
            if (rule.column in final) == hindsight
        }
        return self._statement(rules, SetFields) if rules else None

    def opening(self) -> Statement:
        """What only the opening says: channel, inbox and subject."""
        rules = _stated_rules(self._mapping.opening, "channel", "inbox", "subject")
        return self._statement(rules, OpenTicket)

    def move(self, move: Move) -> Statement | None:
        """The status after a row."""
        command = _MOVES.get(move.to)
        if command is None:
            return None
        reason = {"reason": move.reason} if move.reason else {}
        rules = _stated_rules(move, "resolution")
        read = reader_of(rules, self._reader, self._agent_id)

        def stated(texts: Texts) -> Stated:
            known = {name: value for name, value in read(texts).fields.items() if value}
            return Stated(reason | known)

        return Statement(self._places_of(columns_of(rules.values())), stated, command)

    def party(self) -> Statement | None:
        """Who is responsible; a column without a value says that nobody, or no group, is."""
        rules = self._mapping.party
        if rules is None:
            return None
        columns = [*columns_of([rules.group]), *([rules.agent] if rules.agent else [])]
        read_group = rules.group and self._group(rules.group)
        read_agent = rules.agent and self.agent(rules.agent)

        def stated(texts: Texts) -> Stated:
            group = read_group(texts[0] if texts else "") if read_group else None
            agent = read_agent(texts[-1]) if read_agent else None
            fields = _party_fields(rules, group, agent and self._agent_id(agent))
            return Stated(fields, tuple(filter(None, (group, agent))))

        return Statement(self._places_of(columns), stated, AssignTicket)

    def agent(self, column: str) -> Reader[Mention | None]:
        """A reader of the names in a column of people on the desk's side."""
        namespace = self._mapping.row.namespaces.get(column, column)

        def read(text: str) -> Mention | None:
            name = text.strip()
            return None if name in self.missing else agent_mention(namespace, name)

        return read

    def customer(self, customer: Customer) -> Reader[Mention | None]:
        """A reader of the column of customers."""
        kind = customer.kind or self._mapping.system

        def read(text: str) -> Mention | None:
            name = text.strip()
            return None if name in self.missing else customer_mention(kind, name)

        return read

    def _group(self, rule: SlugValue) -> Reader[Mention | None]:
        read_id = value_reader(rule, self.missing, slug)

        def read(text: str) -> Mention | None:
            group = read_id(text)
            name = text.strip()
            if group is None:
                return None
            return group_mention(group, group if name in self.missing else name)

        return read

    def _statement(self, rules: Rules, command: Callable[..., Command]) -> Statement:
        read = reader_of(rules, self._reader, self._agent_id)

        def stated(texts: Texts) -> Stated:
            flat = read(texts)
            return Stated(_nested(flat.fields), flat.mentions)

        return Statement(self._places_of(columns_of(rules.values())), stated, command)

    def _places_of(self, columns: Sequence[str]) -> list[int]:
        return [self._places[column] for column in columns]

    def _reader(self, rule: Value[Any]) -> Reader[Any]:
        if isinstance(rule, FieldRule):
            return value_reader(rule, self.missing, self._field_reader(rule))
        return value_reader(rule, self.missing, slug if isinstance(rule, SlugValue) else str)

    def _field_reader(self, rule: FieldRule) -> Reader[Any]:
        readers: dict[FieldType, Reader[Any]] = {
            "text": str,
            "slug": slug,
            "integer": integer,
            "boolean": boolean,
            "date": self.times.date_field,
            "instant": self.times.instant_field,
            "list": items(rule.separator),
            "agent": self.agent(rule.column or ""),
        }
        return readers[rule.type]


def _stated_rules(section: object, *names: str) -> dict[str, Value[Any]]:
    rules = {name: getattr(section, name, None) for name in names}
    return {name: rule for name, rule in rules.items() if rule is not None}


def _party_fields(rules: PartyRules, group: Mention | None, agent: str | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"reason": rules.reason} if rules.reason else {}
    if rules.group is not None:
        fields["group"] = group and group.space
    if rules.agent is not None:
        fields["agent"] = agent
    return fields


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    """Put ``fields/a`` and ``fields/b`` into one dictionary, ``category/0`` into one tuple."""
    nested: dict[str, Any] = {}
    for name, value in fields.items():
        outer, nests, inner = name.partition("/")
        if not nests:
            nested[outer] = value
        elif outer == "category":
            nested[outer] = nested.get(outer, ()) + (() if value is None else (value,))
        else:
            nested.setdefault(outer, {})[inner] = value
    return nested
