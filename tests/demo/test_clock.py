"""The story's clock."""

from datetime import UTC, datetime, timedelta

from deskledger.app.demo.clock import StoryClock

NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)
LATER = [NOON + timedelta(minutes=minutes) for minutes in (1, 2, 5)]


def test_the_clock_gives_each_time_once_and_then_stands() -> None:
    clock = StoryClock(NOON)
    assert clock() == clock() == NOON
    clock.set(LATER)
    assert [clock(), clock(), clock(), clock()] == [*LATER, LATER[-1]]


def test_the_clock_tells_how_many_times_were_not_read() -> None:
    clock = StoryClock(NOON)
    clock.set(LATER)
    clock()
    assert clock.unread == 2
