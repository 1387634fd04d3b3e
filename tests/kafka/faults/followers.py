"""What follows a desk while everything goes wrong: its tables, and its feed."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.publisher import Publisher
from deskledger.eventlog.errors import Unavailable
from deskledger.projections.store import ProjectionStore
from deskledger.replay.tables import verify_tables
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import assert_complete
from tests.patience import wait_until
from tests.projections.desks import open_store

RETRY_SECONDS = 0.5


class Followers:
    """Projector and publisher of a node, each in a thread, while they are entered."""

    def __init__(self, desk: Desk, feed: FeedSettings) -> None:
        self._desk = desk
        self._feed = feed
        self._store = open_store(desk)
        self._publisher = Publisher(desk.ledger, feed, desk.vault.data_keys)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._project),
            threading.Thread(target=self._publisher.run, args=(self._stop,)),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._store.close()

    def stop(self) -> None:
        """Ends both threads."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def check(self, cluster: Cluster, aside: Path) -> None:
        """The tables equal a rebuild, and the feed is complete and in order."""
        wait_until(self._caught_up)
        assert_complete(cluster, self._feed, self._desk.ledger)
        check_tables(self._desk, self._store, aside)

    def _caught_up(self) -> bool:
        with suppress(Unavailable):
            self._publisher.catch_up()
            return True
        return False

    def _project(self) -> None:
        """As a node does whose projector is started anew after a failure."""
        while not self._stop.is_set():
            try:
                projector = Projector(self._store, self._desk.ledger, self._desk.vault.data_keys)
                projector.follow(self._stop)
            except Unavailable:
                self._stop.wait(RETRY_SECONDS)


def check_tables(desk: Desk, store: ProjectionStore, aside: Path) -> None:
    """The tables, brought up to date, equal those of a rebuild."""
    Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
    report = verify_tables(store, desk.ledger, desk.vault.data_keys, aside=aside)
    assert not report.differences
    assert report.rows["ticket"] > 0
