"""What became of every row of a log."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

EXAMPLES_MAX = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A row that was refused or set aside.

    Attributes:
        line: the line of the file on which it begins.
        case: the name of its case, as far as it has one.
        detail: what is wrong.
    """

    line: int
    case: str
    detail: str


@dataclass(slots=True)
class ImportReport:
    """The account of an import: every row of the file is in exactly one of the counts.

    Attributes:
        mapping: ``name/version``.
        file: the file's name.
        rows: the rows that the file has.
        used: rows that changed their ticket.
        no_change: rows that said what the desk knew already; they are recorded as answered.
        already_imported: rows that an earlier import has recorded, with whatever answer.
        refused: rows that the desk's rules refuse, by code.
        quarantined: rows that cannot be turned into a command, by reason; nothing is recorded.
        examples: the first rows that were refused or quarantined, by code or reason.
        events: the events that the used rows caused.
        opened: the tickets that this import opened.
        named: people and groups that the log names, by kind.
        unread: columns that nothing reads and that the mapping does not list as ignored.
    """

    mapping: str
    file: str
    rows: int = 0
    used: int = 0
    no_change: int = 0
    already_imported: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    events: int = 0
    opened: int = 0
    named: Counter[str] = field(default_factory=Counter)
    unread: tuple[str, ...] = ()

    @property
    def accounted(self) -> int:
        """The rows in all counts together; equal to ``rows``."""
        stopped = self.refused.total() + self.quarantined.total()
        return self.used + self.no_change + self.already_imported + stopped

    def refuse(self, code: str, example: Example) -> None:
        """Count a row that the desk's rules refuse."""
        self.refused[code] += 1
        self._keep(code, example)

    def set_aside(self, reason: str, example: Example) -> None:
        """Count a row that cannot be turned into a command."""
        self.quarantined[reason] += 1
        self._keep(reason, example)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            **asdict(self),
            "refused": dict(self.refused),
            "quarantined": dict(self.quarantined),
            "named": dict(self.named),
            "unread": list(self.unread),
        }

    def _keep(self, reason: str, example: Example) -> None:
        kept = self.examples.setdefault(reason, [])
        if len(kept) < EXAMPLES_MAX:
            kept.append(example)
