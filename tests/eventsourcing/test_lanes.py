"""The desk's lanes as the library's applications see them."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pytest
from eventsourcing.application import Application, LocalNotificationLog
from eventsourcing.persistence import Notification, NotSupportedError, OperationalError
from eventsourcing.utils import get_topic
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.eventsourcing.desk_events import DeskEvent, DeskEventMapper
from deskledger.eventlog.eventsourcing.lanes import LaneRecorder
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import NOTE, Chain, new_ledger, ticket

LANES = 2
OTHER = {**NOTE, "type": "TicketSolved"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[EmbeddedLedger]:
    with new_ledger(tmp_path) as opened:
        yield opened


def written(ledger: EmbeddedLedger, commits: Sequence[tuple[int, int, bool]]) -> list[Notification]:
    """Writes commits of (ticket, events, other) with a void one after each; tells what counts."""
    chains: dict[int, Chain] = {}
    expected: list[Notification] = []
    lasts = [0] * ledger.lanes
    for number, events, is_other in commits:
        stream = ticket(number)
        chain = chains.setdefault(number, Chain(stream))
        version, body = chain.version + 1, OTHER if is_other else NOTE
        draft = chain.next(events=events, event=body)
        assert ledger.append([draft])[0].effective
        assert not ledger.append([draft])[0].effective
        lane = lane_of(stream, ledger.lanes)
        state = {n: v for n, v in orjson.loads(draft.value).items() if n not in CHAINING}
        for index in range(events):
            lasts[lane] += 1
            text = orjson.dumps({**state, "event": body})
            place = stream, version + index, str(body["type"]), text
            expected.append(Notification(*place, id=lasts[lane]))
    return expected


# What an event has of itself, or what only the judge needs.
CHAINING = {"format", "stream", "version", "prev", "events"}


def between(
    every: Sequence[Notification], first: int, stop: int | None, topics: Sequence[str], limit: int
) -> list[Notification]:
    asked = [
        one
        for one in every
        if one.id >= first
        and (stop is None or one.id <= stop)
        and (not topics or one.topic in topics)
    ]
    return asked[:limit]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.booleans()), max_size=12),
    st.data(),
)
def test_a_lane_gives_its_effective_events_numbered_from_one_without_gaps(
    commits: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name, new_ledger(Path(name), lanes=LANES) as ledger:
        expected = written(ledger, commits)
        for lane in range(LANES):
            recorder = LaneRecorder(ledger, lane)
            mine = [one for one in expected if lane_of(str(one.originator_id), LANES) == lane]
            assert recorder.select_notifications(None, 1_000) == mine
            assert [one.id for one in mine] == list(range(1, len(mine) + 1))
            assert recorder.max_notification_id() == (len(mine) or None)
            start, stop = data.draw(st.integers(0, 50)), data.draw(st.none() | st.integers(0, 50))
            limit, inclusive = data.draw(st.integers(0, 9)), data.draw(st.booleans())
            topics = data.draw(st.sampled_from(([], ["TicketSolved"], ["Nothing", "NoteAdded"])))
            found = recorder.select_notifications(
                start, limit, stop, topics, inclusive_of_start=inclusive
            )
            assert found == between(mine, start + (not inclusive), stop, topics, limit)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.data())
def test_an_originator_is_a_stream_and_gives_its_events_by_version(
    commits: list[int], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name, new_ledger(Path(name), lanes=LANES) as ledger:
        events = written(ledger, [(1, count, False) for count in commits])
        stream = ticket(1)
        recorder = LaneRecorder(ledger, lane_of(stream, LANES))
        gt, lte = (data.draw(st.none() | st.integers(0, 20)) for _ in range(2))
        desc, limit = data.draw(st.booleans()), data.draw(st.none() | st.integers(0, 5))
        asked = [
            one
            for one in events
            if (gt is None or one.originator_version > gt)
            and (lte is None or one.originator_version <= lte)
        ]
        found = recorder.select_events(stream, gt=gt, lte=lte, desc=desc, limit=limit)
        expected = (asked[::-1] if desc else asked)[:limit]
        assert [vars(one) for one in found] == [_without_id(one) for one in expected]
        other = LaneRecorder(ledger, 1 - lane_of(stream, LANES))
        assert other.select_events(stream) == []


def _without_id(one: Notification) -> dict[str, object]:
    return {name: value for name, value in vars(one).items() if name != "id"}


def test_a_version_in_the_middle_of_a_great_commit_is_found(ledger: EmbeddedLedger) -> None:
    chain = Chain(ticket(1))
    ledger.append([chain.next(), chain.next(events=1_000), chain.next()])
    recorder = LaneRecorder(ledger, lane_of(ticket(1), ledger.lanes))
    for gt in (0, 1, 2, 999, 1_000, 1_001):
        found = recorder.select_events(ticket(1), gt=gt)
        assert [one.originator_version for one in found] == list(range(gt + 1, 1_003))


def test_a_subscription_gives_what_was_there_and_what_comes(ledger: EmbeddedLedger) -> None:
    stream = ticket(1)
    recorder = LaneRecorder(ledger, lane_of(stream, ledger.lanes))
    chain = Chain(stream)
    ledger.append([chain.next(events=3)])
    later = chain.next(events=2, event=OTHER)
    threading.Timer(0.2, ledger.append, [[later]]).start()
    with recorder.subscribe(gt=1) as subscription:
        assert [next(subscription).id for _ in range(4)] == [2, 3, 4, 5]
    with recorder.subscribe(topics=["TicketSolved"]) as subscription:
        assert [next(subscription).id for _ in range(2)] == [4, 5]
        threading.Timer(0.2, subscription.stop).start()
        assert list(subscription) == []


def test_a_subscription_to_a_closed_ledger_ends_with_an_error_of_the_library(
    ledger: EmbeddedLedger,
) -> None:
    with LaneRecorder(ledger, 0).subscribe() as subscription:
        threading.Timer(0.2, ledger.close).start()
        with pytest.raises(OperationalError, match="closed"):
            next(subscription)


def test_nothing_can_be_inserted(ledger: EmbeddedLedger) -> None:
    with pytest.raises(NotSupportedError, match="commands"):
        LaneRecorder(ledger, 0).insert_events([])
    with pytest.raises(InvalidInput, match="lane 12"):
        LaneRecorder(ledger, 12)


def test_an_application_of_the_library_reads_a_lane(ledger: EmbeddedLedger) -> None:
    stream = ticket(1)
    draft = Chain(stream).next(events=3)
    ledger.append([draft])

    class Lane(Application[str]):
        env = {"MAPPER_TOPIC": get_topic(DeskEventMapper)}  # noqa: RUF012 - as the library has it

        def construct_recorder(self) -> LaneRecorder:
            return LaneRecorder(ledger, lane_of(stream, ledger.lanes))

    with Lane() as lane:
        assert isinstance(lane.notification_log, LocalNotificationLog)
        section = lane.notification_log["1,2"]
        assert (section.id, section.next_id, len(section.items)) == ("1,2", "3,4", 2)
        found = list(lane.events.get(stream, gt=1))
        body = orjson.loads(draft.value)
        body.pop("events")
        assert all(isinstance(one, DeskEvent) for one in found)
        first = found[0]
        assert isinstance(first, DeskEvent)
        assert (first.originator_version, first.type, first.event) == (2, "NoteAdded", NOTE)
        assert first.commit["actor"] == body["actor"]
        with pytest.raises(NotSupportedError):
            lane.events.put(found)
