"""Several processes on one application: what was acknowledged stands there once, for all."""

import random
import time
from pathlib import Path

from deskledger.eventlog.eventsourcing.index_file import INDEX
from tests.eventlog.build import new_ledger
from tests.eventsourcing.child import start
from tests.eventsourcing.hammering import (
    ORIGINATORS,
    acknowledged,
    check,
    dumped,
    first_line,
    opened,
)
from tests.patience import PATIENCE_SECONDS


def test_threads_of_several_processes_never_record_a_version_or_a_tracking_twice(
    tmp_path: Path,
) -> None:
    new_ledger(tmp_path).close()
    children = [start(str(tmp_path), ORIGINATORS, 3, 12) for _ in range(3)]
    output = [
        line
        for child in children
        for line in child.communicate(timeout=PATIENCE_SECONDS)[0].splitlines(True)
    ]
    assert [child.returncode for child in children] == [0, 0, 0]
    known, tracked = acknowledged(output)
    assert len(known) == 3 * 3 * 12
    factory = opened(tmp_path)
    check(factory.process_recorder(), known, tracked)
    factory.close()
    before = dumped(tmp_path)
    for path in tmp_path.glob(f"{INDEX.name}*"):
        path.unlink()
    factory = opened(tmp_path)
    check(factory.process_recorder(), known, tracked)
    factory.close()
    assert sorted(dumped(tmp_path)) == sorted(before)


def test_a_killed_process_loses_nothing_acknowledged_and_leaves_no_part_of_an_insert(
    tmp_path: Path,
) -> None:
    chance = random.Random()  # noqa: S311 - when to kill
    new_ledger(tmp_path).close()
    output: list[str] = []
    for _ in range(2):
        with (
            start(str(tmp_path), ORIGINATORS, 2, 10_000) as one,
            start(str(tmp_path), ORIGINATORS, 2, 10_000) as other,
        ):
            output += map(first_line, (one, other))
            time.sleep(chance.uniform(0, 0.3))
            for child in (one, other):
                child.kill()
                assert child.stdout is not None
                output += child.stdout.read().splitlines(keepends=True)
        factory = opened(tmp_path)
        check(factory.process_recorder(), *acknowledged(output))
        factory.close()


def test_a_subscriber_of_one_process_gets_what_others_insert(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    factory = opened(tmp_path)
    with factory.application_recorder().subscribe() as subscription:
        child = start(str(tmp_path), ORIGINATORS, 2, 5)
        received = [next(subscription) for _ in range(10)]
        output, _ = child.communicate(timeout=PATIENCE_SECONDS)
    known, _ = acknowledged(output.splitlines(keepends=True))
    assert {(one.state.decode(), one.id) for one in received} == set(known.values())
    assert [one.id for one in received] == sorted(one.id for one in received)
    factory.close()
