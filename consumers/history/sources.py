"""A log as rows, whatever its format: CSV or XES."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from deskledger.consumers.history.csv_snapshots import check_csv, csv_rows
from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.mapping_values import Value, columns_of
from deskledger.consumers.history.rows import Row
from deskledger.consumers.history.source_file import SourceFile
from deskledger.consumers.history.xes import check_xes, xes_rows


def columns_read(mapping: Mapping) -> tuple[str, ...]:
    """The columns that a mapping reads, each once, in a fixed order."""
    row, opening, record = mapping.row, mapping.opening, mapping.record
    named = [row.case, row.occurred_at, row.agent, row.known_from, opening.occurred_at]
    named += [opening.customer.column] if opening.customer else []
    named += mapping.status.columns
    values: list[Value[Any] | None] = [opening.channel, opening.inbox, opening.subject]
    if mapping.party is not None:
        values.append(mapping.party.group)
        named.append(mapping.party.agent)
        named += [mapping.party.only_when.column] if mapping.party.only_when else []
    if mapping.contact is not None:
        named += [mapping.contact.column, mapping.contact.text]
    values += [
        record.type_code,
        *record.category,
        record.stage,
        record.tier,
        record.priority,
        record.impact,
        record.urgency,
        *record.fields.values(),
        *record.personal_fields.values(),
        *(move.resolution for move in mapping.status.moves.values()),
    ]
    named += columns_of(values)
    return tuple(dict.fromkeys(name for name in named if name is not None))


def check_log(source: SourceFile, mapping: Mapping) -> None:
    """Read a log to its end, so that a broken one is found before anything is recorded.

    Raises:
        BrokenSource: the file cannot be read whole, or lacks a column.
    """
    if mapping.source.kind == "csv":
        check_csv(source, mapping, columns_read(mapping))
    else:
        check_xes(source)


def log_rows(source: SourceFile, mapping: Mapping, seen: set[str]) -> Iterator[Row]:
    """Read a log's rows; their values are those of ``columns_read``.

    Args:
        source: the open file.
        mapping: how it is read.
        seen: gets the names of all columns that the log has.

    Raises:
        BrokenSource: the file cannot be read on.
    """
    read = csv_rows if mapping.source.kind == "csv" else xes_rows
    return read(source, mapping, columns_read(mapping), seen)


def unread_columns(mapping: Mapping, seen: Iterable[str]) -> tuple[str, ...]:
    """The columns of a log that nothing reads and that the mapping does not list as ignored."""
    listed = {*columns_read(mapping), *mapping.row.hindsight, *mapping.row.ignored}
    return tuple(sorted(set(seen) - listed))
