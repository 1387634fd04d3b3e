"""What must hold between the parts of a mapping, beyond the shape of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.mapping_values import Value
from deskledger.consumers.history.values import ISO

Problem = tuple[str, str]


def problems_of(mapping: Mapping) -> list[Problem]:
    """The faults of a mapping as pairs of a key's path and the reason."""
    return [*_bad_patterns(mapping), *_misread_hindsight(mapping), *_idle_namespaces(mapping)]


def _bad_patterns(mapping: Mapping) -> Iterator[Problem]:
    for place, pattern in enumerate(mapping.source.times):
        try:
            datetime.strptime("", pattern)  # noqa: DTZ007 - only the pattern is of interest
        except ValueError as error:
            told = str(error)
            if pattern != ISO and ("bad directive" in told or "stray %" in told):
                yield f"source.times.{place}", told


def _misread_hindsight(mapping: Mapping) -> Iterator[Problem]:
    """Hindsight may only say a resolution or a field: all else would know the future."""
    hindsight = set(mapping.row.hindsight)
    for place, column in _columns_always_read(mapping):
        if column in hindsight:
            yield place, f"{column!r} is hindsight, which only resolutions and fields may read"


def _columns_always_read(mapping: Mapping) -> Iterator[tuple[str, str]]:
    row, opening, record = mapping.row, mapping.opening, mapping.record
    places: dict[str, str | Value[str] | None] = {
        "row.case": row.case,
        "row.occurred_at": row.occurred_at,
        "row.agent": row.agent,
        "opening.occurred_at": opening.occurred_at,
        "opening.channel": opening.channel,
        "opening.inbox": opening.inbox,
        "opening.subject": opening.subject,
        "opening.customer": opening.customer.column if opening.customer else None,
    }
    if mapping.party is not None:
        places |= {"party.group": mapping.party.group, "party.agent": mapping.party.agent}
    places |= {f"status.column.{place}": name for place, name in enumerate(mapping.status.columns)}
    places |= {f"record.category.{place}": rule for place, rule in enumerate(record.category)}
    for name in ("type_code", "stage", "tier", "priority", "impact", "urgency"):
        places[f"record.{name}"] = getattr(record, name)
    for place, read in places.items():
        column = read.column if isinstance(read, Value) else read
        if column is not None:
            yield place, column


def _idle_namespaces(mapping: Mapping) -> Iterator[Problem]:
    """A shared namespace is only of use for a column that names agents."""
    fields = (*mapping.record.fields.values(), *mapping.record.personal_fields.values())
    people = {mapping.row.agent, mapping.party.agent if mapping.party else None}
    people |= {rule.column for rule in fields if rule.type == "agent"}
    for column in mapping.row.namespaces:
        if column not in people:
            yield f"row.namespaces.{column}", "no agent is read from this column"
