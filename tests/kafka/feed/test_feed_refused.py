"""A feed, or a topic for one, that cannot be gone on with is refused with what to do."""

import threading
from pathlib import Path

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.publisher.beginning import FeedAstray
from deskledger.consumers.publisher.feed_topic import check_feed_topic, make_feed_topic
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import (
    LANES,
    feed_settings,
    made_feed,
    publisher,
)
from tests.kafka.topics import Topics, wait_until
from tests.projections.desks import new_desk, work


def test_a_feed_of_another_desk_is_refused(
    broker: Cluster, desk_name: str, desk: Desk, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    publisher(desk, settings).catch_up()
    with new_desk(tmp_path / "other", 1) as other, pytest.raises(ForeignFile, match="holds the"):
        publisher(other, settings).catch_up()


def test_a_feed_that_does_not_follow_from_the_ledger_is_refused(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    same = NewDesk(zone="UTC")
    for name, tickets in (("first", 10), ("second", 30)):
        with Desk.create(tmp_path / name, same) as desk:
            work(desk, tickets)
    with Desk.open(tmp_path / "first") as first:
        publisher(first, settings).catch_up()
    with Desk.open(tmp_path / "second") as second, pytest.raises(FeedAstray, match="start at 0"):
        publisher(second, settings).catch_up()


def test_a_topic_that_is_missing_or_does_not_fit_is_told_with_what_to_do(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = feed_settings(broker, desk_name)
    with pytest.raises(InvalidInput, match="`deskledger feed init` makes it"):
        publisher(desk, settings).run(threading.Event())
    Topics(broker).create(settings.topic, partitions=3)
    with pytest.raises(InvalidInput, match="has 3 partitions, and the ledger has 12 lanes"):
        make_feed_topic(settings, LANES, 1)


def test_a_topic_that_takes_small_records_only_is_refused(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name)
    Topics(broker).configure(settings.topic, max_message_bytes="20000")

    def refused() -> bool:
        try:
            check_feed_topic(settings, LANES)
        except InvalidInput:
            return True
        return False

    # Brokers take up a changed setting a moment after they have accepted it.
    wait_until(refused)
    with pytest.raises(InvalidInput, match=r"set max\.message\.bytes"):
        publisher(desk, settings).catch_up()


def test_making_the_topic_again_changes_nothing(broker: Cluster, desk_name: str) -> None:
    settings = made_feed(broker, desk_name)
    assert make_feed_topic(settings, LANES, 1) is False
