"""Callers who share a transaction: each is answered once, whatever happens to the leader."""

import threading
from collections.abc import Callable

import pytest

from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.records import Receipt
from deskledger.eventlog.store.group_queue import Caller, GroupQueue
from deskledger.eventlog.store.record_store import Entry
from tests.patience import PATIENCE_SECONDS, wait_until

ENTRY = Entry(0, "ticket/1", b"ticket/1", b"")
RECEIPT = Receipt("effective", 1, 1, bytes(32), 0, 2, 1, 1)


def submitters(
    queue: GroupQueue[Entry, Receipt], count: int
) -> tuple[list[threading.Thread], list[object]]:
    """Threads that submit one entry each, and what they got or what was raised."""
    results: list[object] = []

    def submit() -> None:
        try:
            results.append(queue.submit([ENTRY]))
        except Exception as error:  # noqa: BLE001 - the outcome is the result
            results.append(error)

    return [threading.Thread(target=submit) for _ in range(count)], results


def run(queue: GroupQueue[Entry, Receipt], count: int) -> list[object]:
    threads, results = submitters(queue, count)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    return results


def writing(work: Callable[[list[Caller[Entry, Receipt]]], None]) -> GroupQueue[Entry, Receipt]:
    """A queue whose leader does `work` with all whom it takes out."""
    queue: GroupQueue[Entry, Receipt] = GroupQueue(lambda _leader: work(queue.take()))
    return queue


def test_everybody_is_answered_and_one_at_a_time_leads() -> None:
    leading = threading.Lock()
    groups: list[int] = []

    def work(taken: list[Caller[Entry, Receipt]]) -> None:
        assert leading.acquire(blocking=False)
        groups.append(len(taken))
        for caller in taken:
            caller.settle([RECEIPT] * len(caller.entries))
        leading.release()

    assert run(writing(work), 50) == [[RECEIPT]] * 50
    assert sum(groups) == 50


def test_those_who_come_during_a_write_share_the_next_one() -> None:
    inside, may_go = threading.Event(), threading.Event()
    groups: list[int] = []

    def work(taken: list[Caller[Entry, Receipt]]) -> None:
        groups.append(len(taken))
        inside.set()
        may_go.wait(PATIENCE_SECONDS)
        for caller in taken:
            caller.settle([RECEIPT])

    queue = writing(work)
    first, first_results = submitters(queue, 1)
    others, other_results = submitters(queue, 9)
    first[0].start()
    inside.wait(PATIENCE_SECONDS)
    for thread in others:
        thread.start()
    wait_until(lambda: len(queue._callers) == 9)  # noqa: SLF001 - nothing else tells who waits
    may_go.set()
    for thread in first + others:
        thread.join(PATIENCE_SECONDS)
    assert groups == [1, 9]
    assert first_results + other_results == [[RECEIPT]] * 10


def test_a_leader_that_fails_leaves_nobody_waiting() -> None:
    def work(_taken: list[Caller[Entry, Receipt]]) -> None:
        raise ZeroDivisionError

    results = run(writing(work), 20)
    assert {type(result) for result in results} <= {ZeroDivisionError, OutcomeUnknown}
    assert any(isinstance(result, ZeroDivisionError) for result in results)


def test_each_caller_raises_an_exception_object_of_its_own() -> None:
    error = Unavailable("locked", file="ledger.sqlite")

    def work(taken: list[Caller[Entry, Receipt]]) -> None:
        for caller in taken:
            caller.settle(error)

    results = run(writing(work), 10)
    assert all(isinstance(result, Unavailable) for result in results)
    assert {str(result) for result in results} == {"locked"}
    assert len(set(map(id, results))) == 10


def test_a_closed_queue_lets_nobody_in_and_waits_for_those_inside() -> None:
    inside, may_go = threading.Event(), threading.Event()

    def work(taken: list[Caller[Entry, Receipt]]) -> None:
        inside.set()
        may_go.wait(PATIENCE_SECONDS)
        for caller in taken:
            caller.settle([RECEIPT])

    queue = writing(work)
    (thread,), results = submitters(queue, 1)
    thread.start()
    inside.wait(PATIENCE_SECONDS)
    closing = threading.Thread(target=queue.close)
    closing.start()
    wait_until(lambda: queue._closed)  # noqa: SLF001 - nothing else tells that it has begun
    closing.join(timeout=0.1)
    assert closing.is_alive()
    with pytest.raises(Unavailable, match="closed"):
        queue.submit([ENTRY])
    may_go.set()
    closing.join(PATIENCE_SECONDS)
    thread.join(PATIENCE_SECONDS)
    assert not closing.is_alive()
    assert results == [[RECEIPT]]
