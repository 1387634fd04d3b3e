"""What happens when something is in the way: sizes, others who write, a lost answer."""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest
from eventsourcing.persistence import DataError, IntegrityError, OperationalError, StoredEvent

from deskledger.domain.errors import DeskError
from deskledger.eventlog.control import EVENTS_MAX
from deskledger.eventlog.errors import OutcomeUnknown
from deskledger.eventlog.eventsourcing.errors import (
    Contended,
    InsertTooLarge,
    InsertUnknown,
    NotStorable,
)
from deskledger.eventlog.eventsourcing.inserting import ATTEMPTS_MAX
from deskledger.eventlog.eventsourcing.stream import ApplicationStream
from deskledger.eventlog.records import Draft, Receipt
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import DESK
from tests.eventsourcing.desks import applications_stream, stored_event
from tests.patience import PATIENCE_SECONDS, wait_until

STREAM = "app/rooms"


class Interrupted(EmbeddedLedger):
    """A real ledger, beside which something happens before or after each append."""

    before: Callable[[], object] = int
    after: Callable[[], object] = int

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        self.before()
        receipts = super().append(drafts)
        self.after()
        return receipts


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Interrupted]:
    EmbeddedLedger.create(tmp_path, desk=DESK)
    with Interrupted.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def stream(ledger: Interrupted, tmp_path: Path) -> Iterator[ApplicationStream]:
    opened = applications_stream(ledger, STREAM, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def rival(tmp_path: Path) -> Iterator[ApplicationStream]:
    """The same stream, as another process has it."""
    with EmbeddedLedger.open(tmp_path) as other:
        opened = applications_stream(other, STREAM, tmp_path)
        yield opened
        opened.close()


def events(count: int, state: bytes = b"") -> list[StoredEvent]:
    return [stored_event("many", version, state) for version in range(count)]


def lost_answer() -> None:
    raise OutcomeUnknown(file="log")


def test_an_insert_that_no_commit_holds_is_refused_whole_with_what_to_do(
    ledger: Interrupted, stream: ApplicationStream
) -> None:
    for too_large in (events(EVENTS_MAX + 1), [stored_event("a", state=bytes(400_000))]):
        with pytest.raises(InsertTooLarge, match="fewer or smaller aggregates") as raised:
            stream.insert(too_large)
        assert isinstance(raised.value, DataError)
        assert isinstance(raised.value, DeskError)
    assert ledger.history(STREAM) == []
    assert stream.insert(events(EVENTS_MAX)) == list(range(1, EVENTS_MAX + 1))


@pytest.mark.parametrize(
    "unfit",
    [
        StoredEvent("half a pair \ud800", 1, "topic", b""),
        StoredEvent("a", 2**53, "topic", b""),
        StoredEvent("a", 1, "topic \udfff", b""),
    ],
)
def test_a_value_that_the_ledger_cannot_hold_is_named(
    stream: ApplicationStream, unfit: StoredEvent
) -> None:
    with pytest.raises(NotStorable):
        stream.insert([unfit])
    assert stream.last_notification_id() is None


def test_an_insert_that_another_process_overtook_is_checked_again_and_recorded(
    ledger: Interrupted, stream: ApplicationStream, rival: ApplicationStream
) -> None:
    names = iter(["a", "b", "c"])

    def overtake() -> None:
        for name in islice(names, 1):
            rival.insert([stored_event(name)])

    ledger.before = overtake
    assert stream.insert([stored_event("mine")]) == [4]
    found = rival.select_notifications(1, None, [], 9)
    assert [one.originator_id for one in found] == ["a", "b", "c", "mine"]
    assert sum(ledger.void_counts().values()) == 3


def test_of_two_processes_that_record_the_same_version_the_slower_is_told(
    ledger: Interrupted, stream: ApplicationStream, rival: ApplicationStream
) -> None:
    ledger.before = lambda: rival.insert([stored_event("room", state=b"theirs")])
    with pytest.raises(IntegrityError, match="Version 1 of text/room"):
        stream.insert([stored_event("other"), stored_event("room", state=b"mine")])
    assert [one.state for one in stream.select_events("room")] == [b"theirs"]
    assert stream.select_events("other") == []


def test_whoever_is_overtaken_without_end_is_told_that_nothing_was_stored(
    ledger: Interrupted, stream: ApplicationStream, rival: ApplicationStream
) -> None:
    numbers = iter(range(10_000))
    ledger.before = lambda: rival.insert([stored_event(f"rival {next(numbers)}")])
    with pytest.raises(Contended) as raised:
        stream.insert([stored_event("mine")])
    assert isinstance(raised.value, OperationalError)
    assert stream.select_events("mine") == []
    assert stream.last_notification_id() == ATTEMPTS_MAX


def test_an_insert_whose_answer_was_lost_is_found_by_its_command(
    ledger: Interrupted, stream: ApplicationStream
) -> None:
    ledger.after = lost_answer
    assert stream.insert([stored_event("a"), stored_event("b")]) == [1, 2]
    ledger.before = lost_answer
    with pytest.raises(InsertUnknown, match="load the aggregates again") as raised:
        stream.insert([stored_event("c")])
    assert isinstance(raised.value, OperationalError)
    assert raised.value.facts == {"file": "log"}
    ledger.before = ledger.after = int
    assert stream.insert([stored_event("c")]) == [3]


# Inserts that come one after the other, and the answer of each.
TOGETHER: dict[str, tuple[Sequence[StoredEvent], object]] = {
    "first": ([stored_event("first")], [1]),
    "a": ([stored_event("a")], [2]),
    "large": ([stored_event("large", state=bytes(400_000))], InsertTooLarge),
    "taken": ([stored_event("first"), stored_event("b")], IntegrityError),
    "c": ([stored_event("c")], [3]),
    "twin": ([stored_event("twin")], [4]),
    "same twin": ([stored_event("twin")], IntegrityError),
}


def test_threads_share_appends_and_a_bad_insert_spoils_no_other(
    ledger: Interrupted, stream: ApplicationStream
) -> None:
    appending, gate = threading.Event(), threading.Event()
    groups: list[int] = []

    def hold() -> None:
        appending.set()
        gate.wait()

    ledger.before = hold
    answers: dict[str, object] = {}

    def insert(name: str, inserted: Sequence[StoredEvent]) -> None:
        try:
            answers[name] = stream.insert(inserted)
        except Exception as error:  # noqa: BLE001 - each thread's answer is looked at below
            answers[name] = type(error)

    threads = [
        threading.Thread(target=insert, args=(name, given)) for name, (given, _) in TOGETHER.items()
    ]
    for waiting, thread in enumerate(threads):
        thread.start()
        assert appending.wait(PATIENCE_SECONDS)
        queue_reaches(stream, waiting)
    ledger.before = lambda: groups.append(len(ledger.history(STREAM)))
    gate.set()
    for thread in threads:
        thread.join()
    assert answers == {name: answer for name, (_, answer) in TOGETHER.items()}
    assert stream.last_notification_id() == 4
    assert groups == [1], "those who waited share one append"


def queue_reaches(stream: ApplicationStream, length: int) -> None:
    """Waits until so many inserts wait behind the one that is being appended."""
    callers = stream._inserter._queue._callers  # noqa: SLF001 - nothing else tells
    wait_until(lambda: len(callers) == length)
