"""The promise of the feed while publishers freeze and die, and brokers with them."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.publisher.cloud_event import Describing, FeedRecord
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.feed_writer import FeedWriter, SendFailed
from deskledger.consumers.publisher.publisher import Publisher
from tests.kafka.brokers import Cluster
from tests.kafka.feed.child import Child
from tests.kafka.feed.reading import (
    assert_complete,
    feed_records,
    made_feed,
    repetitions,
)
from tests.kafka.topics import Topics, wait_until
from tests.projections.desks import new_desk, work

Start = Callable[[FeedSettings], Child]

# How long brokers are waited for that are gone.
SEND_SECONDS = 10.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", 100) as desk:
        yield desk


@pytest.fixture
def start(desk: Desk) -> Iterator[Start]:
    """Starts publishers in processes of their own; none outlives the test."""
    made: list[Child] = []

    def begin(settings: FeedSettings) -> Child:
        made.append(Child(desk.directory, settings))
        return made[-1]

    yield begin
    for child in made:
        child.kill()


class Running:
    """A publisher in a thread, with what it reported; it runs while it is entered."""

    def __init__(self, desk: Desk, settings: FeedSettings) -> None:
        self.reported: list[str] = []
        self._stop = threading.Event()
        self._publisher = Publisher(
            desk.ledger, settings, desk.vault.data_keys, report=self._report
        )
        self._thread = threading.Thread(target=self._publisher.run, args=(self._stop,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def finished(self) -> bool:
        return bool(self._publisher.lanes) and self._publisher.behind() == 0

    def _report(self, happened: str, **_: Any) -> None:
        self.reported.append(happened)


def finish(desk: Desk, settings: FeedSettings) -> None:
    """Publishes what is left."""
    Publisher(desk.ledger, settings, desk.vault.data_keys).catch_up()


def test_a_publisher_that_was_frozen_while_another_finished_repeats_and_misses_nothing(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    frozen = start(settings)
    frozen.wait_published()
    frozen.freeze()
    finish(desk, settings)
    assert_complete(broker, settings, desk.ledger)
    frozen.thaw()
    work(desk, 5, begun=100)
    frozen.wait_published()
    assert frozen.end() == 0
    finish(desk, settings)
    assert_complete(broker, settings, desk.ledger)


def test_publishers_that_are_frozen_and_killed_in_turn_keep_the_promise_while_the_desk_works(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    chance = random.Random(20261122)  # noqa: S311 - to be repeated
    children = [start(settings) for _ in range(3)]
    for child in children:
        child.wait_begun()
    for begun in range(100, 140, 4):
        stopped = chance.randrange(3)
        children[stopped].freeze()
        work(desk, 4, begun=begun)
        time.sleep(chance.random() / 4)
        if chance.random() < 0.3:
            children[stopped].kill()
            children[stopped] = start(settings)
            children[stopped].wait_begun()
        else:
            children[stopped].thaw()
    assert [child.end() for child in children] == [0, 0, 0]
    finish(desk, settings)
    assert_complete(broker, settings, desk.ledger)
    assert repetitions(feed_records(broker, settings.topic)) > 0


def test_a_killed_publisher_leaves_nothing_that_its_successor_does_not_finish(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    for begun in (100, 130, 160):
        work(desk, 30, begun=begun)
        child = start(settings)
        child.wait_published()
        child.kill()
    finish(desk, settings)
    assert_complete(broker, settings, desk.ledger)


def test_publishing_goes_on_when_the_only_broker_was_killed_and_is_back(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name)
    with Running(desk, replace(settings, send_seconds=SEND_SECONDS)) as publisher:
        wait_until(publisher.finished)
        broker.kill_all()
        work(desk, 10, begun=100)
        wait_until(lambda: "publishing_failed" in publisher.reported)
        broker.heal()
        wait_until(lambda: "publishing_resumed" in publisher.reported)
    finish(desk, settings)
    assert_complete(broker, settings, desk.ledger)


def test_publishing_goes_on_when_the_leaders_of_its_lanes_are_frozen_or_killed(
    cluster: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(cluster, desk_name)
    with Running(desk, replace(settings, send_seconds=SEND_SECONDS)) as publisher:
        wait_until(publisher.finished)
        cluster.nodes[1].freeze()
        work(desk, 10, begun=100)
        wait_until(publisher.finished)
        cluster.heal()
        Topics(cluster).wait_in_sync(settings.topic, 0, 3)
        cluster.nodes[2].kill()
        work(desk, 10, begun=110)
        wait_until(publisher.finished)
        cluster.heal()
    assert_complete(cluster, settings, desk.ledger)


def feed_record(sequence: int, data: bytes) -> FeedRecord:
    headers = Describing("/desks/1/lanes/0", "type", "schema").headers(
        identity="1", subject=b"ticket/a", time="now", sequence=sequence, previous=sequence - 1
    )
    return FeedRecord(0, sequence, b"ticket/a", data, headers)


def test_a_producer_whose_batch_failed_is_dropped_and_writes_nothing_later(
    broker: Cluster, desk_name: str
) -> None:
    settings = made_feed(broker, desk_name)
    writer = FeedWriter(replace(settings, send_seconds=2 * SEND_SECONDS))
    first = feed_record(1, b"x")
    assert writer.send({0: [first], 1: [first._replace(lane=1)]}) == {0: 0, 1: 0}
    broker.kill_all()
    with pytest.raises(SendFailed):
        writer.send({0: [feed_record(2, b"y")]})
    writer.close()
    broker.heal()
    with FeedWriter(settings) as another:
        assert another.send({0: [feed_record(2, b"z")]}) == {0: 1}
    records = feed_records(broker, settings.topic)
    assert [record.value for record in records[0]] == [b"x", b"z"]
