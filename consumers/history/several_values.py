"""Several values of a row, read at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deskledger.consumers.history.mapping_values import Value, names_agent
from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.people import Mention
from deskledger.consumers.history.rows import Texts
from deskledger.consumers.history.value_readers import ValueReaders

Rules = Mapping[str, Value[Any]]


class SeveralValues:
    """Reads the values of some rules; each column's distinct texts are read once.

    Attributes:
        names: the rules' names, in the order in which ``read`` gives their values.
        columns: the columns whose texts ``read`` takes, in this order.
    """

    def __init__(
        self, rules: Rules, readers: ValueReaders, agent_id: Callable[[Mention], str]
    ) -> None:
        read_from = {name: rule for name, rule in rules.items() if rule.column is not None}
        fixed = {name: rule.constant for name, rule in rules.items() if rule.column is None}
        self.names = (*read_from, *fixed)
        self.columns = [rule.column for rule in read_from.values() if rule.column is not None]
        self._fixed = list(fixed.values())
        self._memos = [Memo(readers.value(rule)) for rule in read_from.values()]
        self._people = [at for at, rule in enumerate(read_from.values()) if names_agent(rule)]
        self._agent_id = agent_id

    def read(self, texts: Texts) -> tuple[list[Any], tuple[Mention, ...]]:
        """The values, agents as their ids, and the agents named.

        Raises:
            RowQuarantined: a text cannot be read.
        """
        values = [memo[text] for memo, text in zip(self._memos, texts, strict=True)]
        mentions = [values[at] for at in self._people if values[at] is not None]
        for at in self._people:
            values[at] = values[at] and self._agent_id(values[at])
        return values + self._fixed, tuple(mentions)
