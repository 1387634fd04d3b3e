"""When a node knows that it has read all that a partition has."""

import threading
import time

from kafka import TopicPartition

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.standing import Standings
from tests.patience import PATIENCE_SECONDS

PARTITION = TopicPartition("desk.ledger", 0)


def test_a_partition_is_fresh_once_what_it_had_at_a_moment_is_read() -> None:
    standings = Standings([PARTITION])
    standings.ended(time.monotonic(), {PARTITION: 5})
    assert standings.age_seconds() is None
    standings.read({PARTITION: 4})
    assert standings.age_seconds() is None
    standings.read({PARTITION: 5})
    assert standings.age_seconds() is not None


def test_whoever_waits_to_be_fresh_is_woken_and_a_stopped_partition_keeps_nobody_waiting() -> None:
    standings = Standings([PARTITION])
    since = time.monotonic()
    reader = threading.Timer(0.05, lambda: standings.read({PARTITION: 1}))
    standings.ended(time.monotonic(), {PARTITION: 1})
    reader.start()
    assert standings.wait_fresh(since, PATIENCE_SECONDS)
    reader.join()
    assert not standings.wait_fresh(time.monotonic(), 0.01)
    standings.stop([PARTITION], Unavailable("over"))
    assert standings.wait_fresh(time.monotonic(), PATIENCE_SECONDS)


def test_an_end_that_is_told_while_another_is_compared_does_not_count_as_reached() -> None:
    standings = Standings([PARTITION])
    telling = threading.Thread(target=standings.ended, args=(2.0, {PARTITION: 9}))

    class Offset(int):
        def __lt__(self, end: int) -> bool:
            if telling.ident is None:
                telling.start()
                telling.join(0.2)
            return int(self) < end

    standings.ended(1.0, {PARTITION: 1})
    standings.read({PARTITION: Offset(1)})
    telling.join(PATIENCE_SECONDS)
    assert standings[PARTITION].end == (2.0, 9)
    assert standings[PARTITION].fresh_at == 1.0
