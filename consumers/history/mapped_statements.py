"""The statements that a mapping makes of a row: its classes, priority, fields, party and status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from deskledger.consumers.history.mapping import Mapping, Move, PartyRules
from deskledger.consumers.history.mapping_values import Value, columns_of
from deskledger.consumers.history.people import Mention
from deskledger.consumers.history.rows import Texts, picker
from deskledger.consumers.history.several_values import Rules, SeveralValues
from deskledger.consumers.history.statements import Stated, Statement
from deskledger.consumers.history.value_readers import ValueReaders
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
from deskledger.domain.ticket.together import Part

_PERSONAL = "personal "
_MOVES: dict[str, type[Part]] = {
    "open": ResumeTicket,
    "pending": PendTicket,
    "on_hold": HoldTicket,
    "solved": SolveTicket,
    "closed": CloseTicket,
}


class MappedStatements:
    """Makes the statements of one mapping; a statement of nothing is None."""

    def __init__(
        self,
        mapping: Mapping,
        places: dict[str, int],
        readers: ValueReaders,
        agent_id: Callable[[Mention], str],
    ) -> None:
        """`places` are those of the columns in a row; `agent_id` gives the id of an agent."""
        self._mapping = mapping
        self._places = places
        self._readers = readers
        self._agent_id = agent_id

    def opening(self) -> Statement:
        """What only the opening says: channel, inbox and subject."""
        rules = _stated_rules(self._mapping.opening, "channel", "inbox", "subject")
        return self._flat(rules, OpenTicket)

    def priority(self) -> Statement | None:
        """Priority, impact and urgency."""
        rules = _stated_rules(self._mapping.record, "priority", "impact", "urgency")
        return self._flat(rules, PrioritiseTicket) if rules else None

    def classes(self) -> Statement | None:
        """Type, category, stage and tier."""
        record = self._mapping.record
        single = self._several(_stated_rules(record, "type_code", "stage", "tier"))
        category = self._several({str(at): rule for at, rule in enumerate(record.category)})
        if not single.names and not category.names:
            return None
        count = len(single.columns)

        def stated(texts: Texts) -> Stated:
            values, _people = single.read(texts[:count])
            terms, _people = category.read(texts[count:])
            fields = dict(zip(single.names, values, strict=True))
            if terms:
                fields["category"] = tuple(term for term in terms if term is not None)
            return Stated(fields)

        return self._statement(single.columns + category.columns, stated, ClassifyTicket)

    def fields(self, *, hindsight: bool) -> Statement | None:
        """The custom fields, plain and personal: those of hindsight columns, or all others."""
        final = self._mapping.row.hindsight
        record = self._mapping.record
        # A plain and a personal field may have the same name.
        marked = {_PERSONAL + name: rule for name, rule in record.personal_fields.items()}
        every = {**record.fields, **marked}
        rules = {n: rule for n, rule in every.items() if (rule.column in final) == hindsight}
        several = self._several(rules)
        plain = [at for at, name in enumerate(several.names) if not name.startswith(_PERSONAL)]
        personal = [at for at, name in enumerate(several.names) if name.startswith(_PERSONAL)]
        plain_names = picker(plain)(several.names)
        personal_names = [n.removeprefix(_PERSONAL) for n in picker(personal)(several.names)]
        pick_plain, pick_personal = picker(plain), picker(personal)

        def stated(texts: Texts) -> Stated:
            values, people = several.read(texts)
            fields = dict(zip(plain_names, pick_plain(values), strict=True))
            sealed = dict(zip(personal_names, pick_personal(values), strict=True))
            return Stated({"fields": fields, "personal_fields": sealed}, people)

        return self._statement(several.columns, stated, _set_fields) if rules else None

    def move(self, move: Move) -> Statement | None:
        """The status after a row."""
        command = _MOVES.get(move.to)
        if command is None:
            return None
        reason = {"reason": move.reason} if move.reason else {}
        several = self._several(_stated_rules(move, "resolution"))

        def stated(texts: Texts) -> Stated:
            values, _people = several.read(texts)
            known = {name: v for name, v in zip(several.names, values, strict=True) if v}
            return Stated(reason | known)

        return self._statement(several.columns, stated, command)

    def party(self) -> Statement | None:
        """Who is responsible; a column without a value says that nobody, or no group, is."""
        rules = self._mapping.party
        if rules is None:
            return None
        columns = [*columns_of([rules.group]), *([rules.agent] if rules.agent else [])]
        read_group = rules.group and self._readers.group(rules.group)
        read_agent = rules.agent and self._readers.agent(rules.agent)

        def stated(texts: Texts) -> Stated:
            group = read_group(texts[0] if texts else "") if read_group else None
            agent = read_agent(texts[-1]) if read_agent else None
            fields = _party_fields(rules, group, agent and self._agent_id(agent))
            return Stated(fields, tuple(filter(None, (group, agent))))

        return self._statement(columns, stated, AssignTicket)

    def _flat(self, rules: Rules, command: Callable[..., Part]) -> Statement:
        several = self._several(rules)

        def stated(texts: Texts) -> Stated:
            values, people = several.read(texts)
            return Stated(dict(zip(several.names, values, strict=True)), people)

        return self._statement(several.columns, stated, command)

    def _several(self, rules: Rules) -> SeveralValues:
        return SeveralValues(rules, self._readers, self._agent_id)

    def _statement(
        self, columns: Sequence[str], read: Callable[[Texts], Stated], command: Callable[..., Part]
    ) -> Statement:
        return Statement([self._places[column] for column in columns], read, command)


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


def _set_fields(fields: dict[str, Any], personal_fields: dict[str, Any]) -> SetFields:
    """Rows differ in their fields more than in all else, so what was validated is not again.

    The mapping holds no name that is not one, and each value was validated when it was read.
    """
    stated = {"fields": fields, "personal_fields": personal_fields}
    return SetFields.model_construct(
        {name for name, values in stated.items() if values},
        type="SetFields",
        occurred_at=None,
        by=None,
        fields=fields,
        personal_fields=personal_fields,
    )
