"""Every table of the projections made anew aside and compared: `verify` of the tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from deskledger.consumers.projector import Projector
from deskledger.consumers.staging_processes import Opener
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.prefix import Prefix
from deskledger.eventlog.progress import Progress
from deskledger.projections.astray import check_progress
from deskledger.projections.digests import KEYS, digest, ordered_rows
from deskledger.projections.personal import DataKeys
from deskledger.projections.question import Moment, Tables
from deskledger.projections.replacing import remove_file
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
    tables: Tables,
    ledger: FollowedLedger,
    data_keys: DataKeys,
    *,
    aside: Path,
    report: Report = lambda _: None,
    opener: Opener | None = None,
) -> TablesReport:
    """Makes every table anew from the ledger, as far as the tables are, and compares them.

    Digests are compared first; rows only of a table whose digests differ. The tables may go on
    following the ledger meanwhile: what is compared is a moment of theirs, held only while it is
    compared.

    Args:
        tables: what is verified.
        ledger: what it follows from.
        data_keys: the keys of sealed values.
        aside: where the other file is made; it is removed in the end.
        report: takes the number of records applied since it was last called.
        opener: opens ledger and keys once more; with it, both processors are used.

    Raises:
        Astray: the tables do not follow from this ledger.
        Unavailable: the other file cannot be made, or the tables were replaced meanwhile.
    """
    with tables.moment() as begun:
        progress = begun.progress
    try:
        with fresh_store(aside, ledger.desk) as other:
            _bring(other, progress, ledger, data_keys, report=report, opener=opener)
            with tables.moment() as stored:
                _bring(other, stored.progress, ledger, data_keys, report=report)
                with other.moment() as expected:
                    return _compared(stored, expected)
    finally:
        remove_file(aside)


def _bring(  # noqa: PLR0913 - passed on
    other: ProjectionStore,
    progress: Sequence[Progress],
    ledger: FollowedLedger,
    data_keys: DataKeys,
    *,
    report: Report,
    opener: Opener | None = None,
) -> None:
    """Applies to the other file what the ledger held up to a progress."""
    check_progress(progress, ledger)
    ends = {at.lane: at.records for at in progress}
    if any(at.records > ends.get(at.lane, 0) for at in other.progress()):
        raise Unavailable("The tables were replaced while they were verified; verify again.")
    Projector(other, Prefix(ledger, progress), data_keys).catch_up(report, opener=opener)


def _compared(stored: Moment, expected: Moment) -> TablesReport:
    rows: dict[str, int] = {}
    differences: list[TableDifference] = []
    for table in KEYS:
        found = stored.answer(digest, table)
        rows[table] = found.rows
        if found != expected.answer(digest, table):
            differences.append(_first_difference(stored, expected, table))
    return TablesReport(stored.progress, rows, differences)


def _first_difference(stored: Moment, expected: Moment, table: str) -> TableDifference:
    with ordered_rows(stored, table) as ours, ordered_rows(expected, table) as theirs:
        names = [name for name, _ in ours.columns]
        rows = zip_longest(chain.from_iterable(ours.rows), chain.from_iterable(theirs.rows))
        one, two = next((pair for pair in rows if pair[0] != pair[1]), (None, None))
    places = [names.index(name) for name in KEYS[table]]

    def key_of(row: Row) -> Row:
        return tuple(row[place] for place in places)

    if one is None or two is None or key_of(one) != key_of(two):
        return _missing(table, one, two, key_of)
    differing = next(pair for pair in zip(names, one, two, strict=True) if pair[1] != pair[2])
    return TableDifference(table, key_of(one), *differing)


def _missing(
    table: str, ours: Row | None, theirs: Row | None, key_of: Callable[[Row], Row]
) -> TableDifference:
    if theirs is None or (ours is not None and key_of(ours) < key_of(theirs)):
        assert ours is not None
        return TableDifference(table, key_of(ours), None, ours, None)
    return TableDifference(table, key_of(theirs), None, None, theirs)
