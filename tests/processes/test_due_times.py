"""Which clocks are due is always what was stated of them last, in the order of time."""

from hypothesis import given
from hypothesis import strategies as st

from deskledger.consumers.processes.due_times import DueTimes
from deskledger.projections.clock_watch import WaitingClock

TICKETS = st.integers(1, 5)
CLOCKS = st.sampled_from(["resolution/1", "next_response/1", "next_response/2"])
TIMES = st.integers(-2, 12)
STATED = st.builds(WaitingClock, at=TIMES, ticket=TICKETS, clock=CLOCKS, version=st.integers(1, 3))
STEPS = st.lists(
    st.one_of(
        STATED,
        st.tuples(st.just("forget"), TICKETS, CLOCKS),
        st.tuples(st.just("take"), TIMES, st.integers(1, 3)),
        st.tuples(st.just("keep"), st.integers(2, 3), st.integers(0, 2)),
    ),
    max_size=40,
)

Known = dict[tuple[int, str], WaitingClock]


def _due(known: Known, now: int) -> list[WaitingClock]:
    """What is due, in order, by looking at all of it."""
    return sorted((one for one in known.values() if one.at <= now), key=lambda one: one.at)


def _apply(due: DueTimes, known: Known, step: WaitingClock | tuple[str, int, object]) -> None:
    match step:
        case WaitingClock():
            due.state(step)
            known[step.ticket, step.clock] = step
        case ("forget", ticket, str(clock)):
            due.forget(ticket, clock)
            known.pop((ticket, clock), None)
        case ("keep", by, rest):
            due.keep(lambda number: number % by == rest)
            for ticket, clock in list(known):
                if ticket % by != rest:
                    del known[ticket, clock]
        case ("take", now, int(tickets_max)):
            _check_taken(due, known, now, tickets_max)


def _check_taken(due: DueTimes, known: Known, now: int, tickets_max: int) -> None:
    """The earliest of each ticket that is due, in order; then it is put back."""
    firsts: dict[int, int] = {}
    for one in _due(known, now):
        firsts.setdefault(one.ticket, one.at)
    taken = due.take(now, tickets_max)
    assert all(known[one.ticket, one.clock] == one for one in taken)
    assert len({one.ticket for one in taken}) == len(taken) == min(tickets_max, len(firsts))
    assert [one.at for one in taken] == sorted(firsts.values())[: len(taken)]
    assert all(firsts[one.ticket] == one.at for one in taken)
    for one in taken:
        due.postpone(one, -2)


@given(steps=STEPS)
def test_what_is_due_is_what_was_stated_last_in_the_order_of_time(
    steps: list[WaitingClock | tuple[str, int, object]],
) -> None:
    due = DueTimes()
    known: Known = {}
    for step in steps:
        _apply(due, known, step)
        assert len(due) == len(known)
        assert sorted(due) == sorted(known.values())
        assert due.next_at() == min((one.at for one in known.values()), default=None)


@given(first=st.lists(STATED), then=st.lists(STATED))
def test_taking_in_many_at_once_is_taking_in_one_after_the_other(
    first: list[WaitingClock], then: list[WaitingClock]
) -> None:
    at_once, one_by_one = DueTimes(), DueTimes()
    at_once.state_all(first)
    at_once.state_all(then)
    for one in [*first, *then]:
        one_by_one.state(one)
    assert sorted(at_once) == sorted(one_by_one)
    assert at_once.take(12, 9) == one_by_one.take(12, 9)


def test_what_was_postponed_comes_again_at_its_time_and_is_late_by_the_clock_meanwhile() -> None:
    due, late = DueTimes(), WaitingClock(10, 1, "resolution/1", 2)
    due.state(late)
    (taken,) = due.take(20, 9)
    due.postpone(taken, 25)
    assert due.take(24, 9) == []
    assert (due.next_at(), due.wakes_at()) == (10, 25)
    assert due.take(25, 9) == [late]


def test_what_was_stated_anew_is_not_postponed() -> None:
    due, before, after = DueTimes(), WaitingClock(10, 1, "a/1", 2), WaitingClock(30, 1, "a/1", 4)
    due.state(before)
    (taken,) = due.take(20, 9)
    due.state(after)
    due.postpone(taken, 25)
    assert (due.take(29, 9), due.take(30, 9)) == ([], [after])


def test_times_stated_again_and_again_leave_nothing_behind() -> None:
    due = DueTimes()
    for number in range(50_000):
        due.state(WaitingClock(number, 1 + number % 10, "resolution/1", number))
    assert len(due) == 10
    # Whatever is kept beside the ten is cleared away now and then.
    assert len(due._heap) < 2_000  # noqa: SLF001 - what is kept is not to be seen otherwise
    assert [one.at for one in due.take(60_000, 20)] == list(range(49_990, 50_000))
