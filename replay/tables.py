"""Every table of the projections made anew aside and compared: `verify` of the tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskledger.consumers.projector import Projector
from deskledger.consumers.staging_processes import Opener
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.prefix import Prefix
from deskledger.eventlog.progress import Progress
from deskledger.projections.digests import KEYS, columns, digest, keyed_rows
from deskledger.projections.file import remove_file
from deskledger.projections.personal import DataKeys
from deskledger.projections.store import ProjectionStore
from deskledger.replay.rebuild import fresh_store

Report = Callable[[int], None]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class TableDifference:
    """The first row, in order of keys, in which a table differs from what the ledger gives.

    `column` is None where one of the two has no such row; `stored` and `expected` are then the
    whole row or None, else the column's values.
    """

    table: str
    key: tuple[Any, ...]
    column: str | None
    stored: Any
    expected: Any


@dataclass(frozen=True, slots=True)
class TablesReport:
    """What was compared: rows by table, the progress of both, and the first difference of each."""

    progress: Sequence[Progress]
    rows: dict[str, int]
    differences: Sequence[TableDifference]


def verify_tables(  # noqa: PLR0913 - named by its callers
    store: ProjectionStore,
    ledger: FollowedLedger,
    data_keys: DataKeys,
    *,
    aside: Path,
    report: Report = lambda _: None,
    opener: Opener | None = None,
) -> TablesReport:
    """Makes every table anew from the ledger, as far as the store is, and compares them.

    Digests are compared first; rows only of a table whose digests differ.

    Args:
        store: what is verified; nothing may be applied to it meanwhile.
        ledger: what it follows from.
        data_keys: the keys of sealed values.
        aside: where the other file is made; it is removed in the end.
        report: takes the number of records applied since it was last called.
        opener: opens ledger and keys once more; with it, both processors are used.

    Raises:
        Astray: the store does not follow from this ledger.
        Unavailable: the other file cannot be made.
    """
    store.check(ledger)
    progress = store.progress()
    try:
        with fresh_store(aside, ledger.desk) as other:
            Projector(other, Prefix(ledger, progress), data_keys).catch_up(report, opener=opener)
            rows = {table: digest(store, table).rows for table in KEYS}
            return TablesReport(progress, rows, list(_differences(store, other)))
    finally:
        remove_file(aside)


def _differences(store: ProjectionStore, other: ProjectionStore) -> Iterator[TableDifference]:
    for table in KEYS:
        if digest(store, table) != digest(other, table):
            yield _first_difference(store, other, table)


def _first_difference(
    store: ProjectionStore, other: ProjectionStore, table: str
) -> TableDifference:
    names = columns(store, table)
    places = [names.index(name) for name in KEYS[table]]
    stored, expected = keyed_rows(store, table), keyed_rows(other, table)

    def key_of(row: Row) -> Row:
        return tuple(row[place] for place in places)

    ours, theirs = next(stored, None), next(expected, None)
    while ours == theirs and ours is not None:
        ours, theirs = next(stored, None), next(expected, None)
    if ours is None or theirs is None or key_of(ours) != key_of(theirs):
        return _missing(table, ours, theirs, key_of)
    differing = [
        (name, one, two) for name, one, two in zip(names, ours, theirs, strict=True) if one != two
    ]
    return TableDifference(table, key_of(ours), *differing[0])


def _missing(
    table: str, ours: Row | None, theirs: Row | None, key_of: Callable[[Row], Row]
) -> TableDifference:
    if theirs is None or (ours is not None and key_of(ours) < key_of(theirs)):
        assert ours is not None
        return TableDifference(table, key_of(ours), None, ours, None)
    return TableDifference(table, key_of(theirs), None, None, theirs)
