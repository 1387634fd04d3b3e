"""What commits say they read, and what caused them, is held against the log as far as it goes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from deskledger.eventlog.names import lane_of
from deskledger.replay.evidence import Named, Standing
from deskledger.replay.export.lane_files import lane_file
from tests.eventlog.build import new_ledger, ticket
from tests.replay.evidences import Writer, elsewhere, same_lane, told
from tests.replay.exports import exported, verified
from tests.replay.ledgers import LANES


def test_reads_of_the_same_lane_are_held_against_the_heads_before_the_commit(
    tmp_path: Path,
) -> None:
    first, second, absent = same_lane(3)
    with new_ledger(tmp_path, lanes=LANES) as ledger:
        writer = Writer(ledger)
        writer.add(second)
        writer.add(second)
        writer.add(first, reads={second: 2, absent: 0})
        writer.add(second)
        writer.add(first, reads={second: 2, absent: 1})
        writer.add(first, reads={second: 4})
        writer.add(second)
    reads = [one.reads for one in told(tmp_path / "ledger.sqlite", first).commits]
    assert reads == [
        (Named(second, 2, 2, Standing.HEAD), Named(absent, 0, 0, Standing.HEAD)),
        (Named(second, 2, 3, Standing.OLDER), Named(absent, 1, 0, Standing.MISSING)),
        (Named(second, 4, 3, Standing.MISSING),),
    ]


def test_reads_of_another_lane_are_held_against_its_end(tmp_path: Path) -> None:
    first, other = ticket(1), elsewhere()
    never = next(
        s for s in map(ticket, range(200, 300)) if lane_of(s, LANES) != lane_of(first, LANES)
    )
    with new_ledger(tmp_path, lanes=LANES) as ledger:
        writer = Writer(ledger)
        writer.add(other)
        writer.add(first, reads={other: 1, never: 0})
        writer.add(first, reads={other: 3, never: 1})
        writer.add(other)
    path = tmp_path / "ledger.sqlite"
    assert [one.reads for one in told(path, first).commits] == [
        (Named(other, 1, 2, Standing.ELSEWHERE), Named(never, 0, 0, Standing.HEAD)),
        (Named(other, 3, 2, Standing.MISSING), Named(never, 1, 0, Standing.MISSING)),
    ]
    alone = lane_file(exported(path), lane_of(first, LANES), LANES)
    evidence = verified(alone, wanted=first).evidence
    assert evidence is not None
    standings = {named.standing for one in evidence.commits for named in one.reads}
    assert standings == {Standing.UNCHECKED}


def test_a_cause_is_held_against_the_log_as_reads_are(tmp_path: Path) -> None:
    first, second = same_lane(2)
    with new_ledger(tmp_path, lanes=LANES) as ledger:
        writer = Writer(ledger)
        writer.add(second)
        writer.add(first, cause={"stream": second, "version": 1})
        writer.add(first, cause={"stream": second, "version": 2})
        writer.add(first, cause={"stream": first, "version": 1})
    causes = [one.cause for one in told(tmp_path / "ledger.sqlite", first).commits]
    assert causes == [
        Named(second, 1, 1, Standing.HEAD),
        Named(second, 2, 1, Standing.MISSING),
        Named(first, 1, 2, Standing.OLDER),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        {"reads": None, "cause": 7},
        {"reads": ["desk"], "cause": {"stream": 7}},
        {"reads": {"desk": "one", "no stream": 1}, "cause": {"stream": "x" * 300, "version": 1}},
        {"reads": {"desk": True}, "actor": None, "software": 3, "cause": {}},
        {"events": [{}, {"type": 7}]},
    ],
)
def test_parts_that_nobody_judges_may_have_any_shape(
    tmp_path: Path, parts: dict[str, object]
) -> None:
    with new_ledger(tmp_path, lanes=LANES) as ledger:
        Writer(ledger).add(ticket(1), **parts)
    (one,) = told(tmp_path / "ledger.sqlite", ticket(1)).commits
    named: Sequence[Named | None] = [*one.reads, one.cause]
    assert all(
        each is None or each.standing in {Standing.MISSING, Standing.UNCHECKED} for each in named
    )
