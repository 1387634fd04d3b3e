"""Laws of time travel: tables of the past are those of then, and a snapshot changes nothing."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.app.reading import open_records
from deskledger.consumers import projector
from deskledger.consumers.projector import Projector
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.instants import from_microseconds
from deskledger.eventlog.prefix import Prefix
from deskledger.eventlog.progress import Progress
from deskledger.projections.digests import KEYS, Digest, digest
from deskledger.projections.file import NAME
from deskledger.projections.question import Tables
from deskledger.projections.schema import needs_grant
from deskledger.projections.store import ProjectionStore
from deskledger.replay.as_of.past import Past
from deskledger.replay.as_of.snapshots import nearest, snapshots
from deskledger.replay.as_of.tables_then import make_snapshot, tables_then
from tests.projections.desks import new_desk, work

CHILD = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.replay.as_of.past import at_time
from deskledger.replay.as_of.tables_then import make_snapshot
directory, now = Path(sys.argv[1]), datetime.now(UTC)
with EmbeddedLedger.open(directory) as ledger:
    past = at_time(ledger, now, now)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    make_snapshot(directory, ledger, past)
"""

PLAIN = [table for table in KEYS if not needs_grant(table)]
Digests = dict[str, Digest]


class Worked(NamedTuple):
    """A desk that was worked on, and what its tables were after some steps of that."""

    desk: Desk
    then: list[tuple[Sequence[Progress], Digests]]

    def point(self, records: Sequence[int]) -> Past:
        """The point at which lanes had come to these records."""
        found = [self.desk.ledger.progress_at(lane, count) for lane, count in enumerate(records)]
        return past([one for one in found if one is not None])


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    with new_desk(tmp_path_factory.mktemp("desk") / "desk", 2) as desk:
        then: list[tuple[Sequence[Progress], Digests]] = []
        with ProjectionStore.open(desk.directory / NAME, desk.ledger.desk) as store:
            following = Projector(store, desk.ledger, desk.vault.data_keys)
            for step in range(4):
                following.catch_up()
                then.append((store.progress(), digests(store)))
                work(desk, 3, 2 + 3 * step)
        yield Worked(desk, then)


def past(progress: Sequence[Progress]) -> Past:
    return Past(from_microseconds(0), tuple(progress), (0,) * len(progress))


def digests(tables: Tables, names: Sequence[str] = PLAIN) -> Digests:
    with tables.moment() as moment:
        return {table: moment.answer(digest, table) for table in names}


def as_of(worked: Worked, point: Past, names: Sequence[str] = PLAIN) -> Digests:
    with tables_then(worked.desk.directory, worked.desk.ledger, point) as store:
        assert tuple(store.progress()) == point.progress
        return digests(store, names)


def forget_snapshots(worked: Worked) -> None:
    for path in (worked.desk.directory / "snapshots").glob("*"):
        path.unlink()


def test_tables_as_of_a_point_are_those_that_were_computed_then(worked: Worked) -> None:
    forget_snapshots(worked)
    for progress, expected in worked.then:
        assert as_of(worked, past(progress)) == expected


@settings(max_examples=8)
@given(data=st.data())
def test_as_of_from_a_snapshot_is_as_of_from_nothing(worked: Worked, data: st.DataObject) -> None:
    """At any split of any point: each lane is cut where it likes."""
    forget_snapshots(worked)
    ends = [end.records for end in worked.desk.ledger.progress()]
    wanted = [data.draw(st.integers(1, end)) for end in ends]
    begun = [data.draw(st.integers(1, end)) for end in wanted]
    every = list(KEYS)
    from_nothing = as_of(worked, worked.point(wanted), every)
    first = worked.point(begun)
    make_snapshot(worked.desk.directory, worked.desk.ledger, first)
    found = nearest(worked.desk.directory, worked.desk.ledger, worked.point(wanted))
    assert found is not None
    assert found.checkpoint.lanes == first.progress
    assert as_of(worked, worked.point(wanted), every) == from_nothing


def test_both_processors_make_the_tables_that_one_makes(
    worked: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_snapshots(worked)
    progress, expected = worked.then[2]
    monkeypatch.setattr(projector, "_RECORDS_ASIDE_MIN", 1)
    opener = partial(open_records, worked.desk.directory)
    made = tables_then(worked.desk.directory, worked.desk.ledger, past(progress), opener=opener)
    with made as store:
        assert digests(store) == expected


def test_a_snapshot_made_from_another_is_the_one_made_from_nothing(worked: Worked) -> None:
    forget_snapshots(worked)
    (early, _), (late, expected), *_ = worked.then
    make_snapshot(worked.desk.directory, worked.desk.ledger, past(early))
    made = make_snapshot(worked.desk.directory, worked.desk.ledger, past(late))
    assert made.checkpoint.lanes == tuple(late)
    assert as_of(worked, past(late)) == expected
    again = make_snapshot(worked.desk.directory, worked.desk.ledger, past(late))
    assert again == made
    assert len(snapshots(worked.desk.directory)) == 2


def test_the_nearest_snapshot_is_taken_and_none_from_beyond(worked: Worked) -> None:
    forget_snapshots(worked)
    directory, ledger = worked.desk.directory, worked.desk.ledger
    points = [past(progress) for progress, _ in worked.then]
    for point in (points[0], points[2]):
        make_snapshot(directory, ledger, point)
    chosen = [nearest(directory, ledger, point) for point in points]
    lanes = [None if one is None else one.checkpoint.lanes for one in chosen]
    assert lanes == [points[0].progress, points[0].progress, points[2].progress, points[2].progress]


def test_a_snapshot_of_another_history_or_software_is_left_out(worked: Worked) -> None:
    forget_snapshots(worked)
    directory, ledger = worked.desk.directory, worked.desk.ledger
    point = past(worked.then[1][0])
    make_snapshot(directory, ledger, point)
    other = Prefix(ledger, point.progress)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prefix, "progress_at", lambda *_: None)
        assert nearest(directory, other, point) is None
        patch.undo()
        patch.setattr("deskledger.replay.as_of.snapshots.fingerprint", lambda: "another")
        assert nearest(directory, ledger, point) is None
    assert nearest(directory, ledger, point) is not None


@pytest.mark.parametrize("place", [0, 5_000, -1])
def test_a_snapshot_that_was_changed_is_not_used(worked: Worked, place: int) -> None:
    forget_snapshots(worked)
    point = past(worked.then[1][0])
    made = make_snapshot(worked.desk.directory, worked.desk.ledger, point)
    assert made.path.stat().st_mode & 0o222 == 0
    data = bytearray(made.path.read_bytes())
    data[place] ^= 1
    made.path.chmod(0o644)
    made.path.write_bytes(data)
    with pytest.raises(LedgerDamaged, match="not what was sealed"):
        as_of(worked, point)
    assert not list(worked.desk.directory.glob(".as-of*"))
    forget_snapshots(worked)


def test_no_value_of_a_person_is_in_a_snapshot(worked: Worked) -> None:
    forget_snapshots(worked)
    made = make_snapshot(worked.desk.directory, worked.desk.ledger, past(worked.then[3][0]))
    data = made.path.read_bytes()
    assert b"It is broken" not in data
    assert b"Administrator" not in data
    with ProjectionStore.open(worked.desk.directory / NAME, worked.desk.ledger.desk) as store:
        store.finish()
    assert b"It is broken" in (worked.desk.directory / NAME).read_bytes()


def test_what_a_killed_process_has_left_is_swept_away(worked: Worked) -> None:
    forget_snapshots(worked)
    left = worked.desk.directory / ".as-of-999999999.duckdb"
    left.write_bytes(b"half of a file")
    as_of(worked, past(worked.then[0][0]))
    assert not left.exists()


def test_a_full_disk_leaves_no_snapshot(worked: Worked) -> None:
    forget_snapshots(worked)
    command = [sys.executable, "-c", CHILD, str(worked.desk.directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert Unavailable.__name__ in done.stderr, done.stderr
    assert snapshots(worked.desk.directory) == []
    assert not list((worked.desk.directory / "snapshots").glob("*"))
    assert not list(worked.desk.directory.glob(".as-of*"))
