"""The readers that a mapping makes: from a column's text to a value, or to somebody named."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from deskledger.consumers.history.mapping import Customer, Mapping
from deskledger.consumers.history.mapping_values import FieldRule, FieldType, SlugValue, Value
from deskledger.consumers.history.people import (
    Mention,
    agent_mention,
    customer_mention,
    group_mention,
)
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.values import (
    Reader,
    Times,
    boolean,
    integer,
    items,
    slug,
    value_reader,
)
from deskledger.domain.errors import invalid_input
from deskledger.domain.shapes import FieldValue

_FIELD_VALUE: TypeAdapter[FieldValue | None] = TypeAdapter(FieldValue | None)


class ValueReaders:
    """Makes the readers of one mapping.

    Attributes:
        missing: the texts that stand for no value.
        times: reads the log's times.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.missing = frozenset({"", *mapping.source.missing})
        self.times = Times(mapping.source.times, mapping.source.zone)

    def value(self, rule: Value[Any]) -> Reader[Any]:
        """A reader of a value; where the value is an agent, it gives a mention."""
        if isinstance(rule, FieldRule):
            return _validated(value_reader(rule, self.missing, self._field(rule)))
        return value_reader(rule, self.missing, slug if isinstance(rule, SlugValue) else str)

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

    def group(self, rule: SlugValue) -> Reader[Mention | None]:
        """A reader of groups, which keep the source's text as their name."""
        read_id = value_reader(rule, self.missing, slug)

        def read(text: str) -> Mention | None:
            group = read_id(text)
            if group is None:
                return None
            name = text.strip()
            return group_mention(group, group if name in self.missing else name)

        return read

    def _field(self, rule: FieldRule) -> Reader[Any]:
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


def _validated(read: Reader[Any]) -> Reader[Any]:
    """A reader that refuses what a field cannot hold; people are validated where they are met."""

    def read_valid(text: str) -> Any:
        value = read(text)
        if isinstance(value, Mention):
            return value
        try:
            return _FIELD_VALUE.validate_python(value)
        except ValidationError as error:
            raise RowQuarantined("value_invalid", str(invalid_input(error))) from None

    return read_valid
