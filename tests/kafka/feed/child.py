"""A publisher in a process of its own, to be frozen and killed: DIRECTORY BOOTSTRAP TOPIC.

It takes few records at a time, so that there is always something under way.
"""

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from deskledger.app.desk import Desk
from deskledger.consumers.publisher import session
from deskledger.consumers.publisher.allow_list import shipped_allow_list
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.publisher import Publisher
from tests.kafka.ledger.nodes import settings_of

RECORDS_MAX = 15
BEGUN = "begun"


class Child:
    """The process, seen by a test."""

    def __init__(self, directory: Path, settings: FeedSettings) -> None:
        bootstrap = ",".join(settings.kafka.bootstrap)
        command = [sys.executable, "-m", __name__, str(directory), bootstrap, settings.topic]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603

    def wait_begun(self) -> None:
        """Waits until it publishes what there is to publish."""
        self._wait(BEGUN)

    def wait_published(self) -> None:
        """Waits until it has published something more."""
        self._wait("events_published")

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def end(self) -> int:
        """Asks it to end; gives its exit code."""
        return self._end(signal.SIGTERM)

    def _wait(self, told: str) -> None:
        assert self._process.stdout is not None
        assert f"{told}\n" in self._process.stdout

    def _end(self, how: signal.Signals) -> int:
        self._process.send_signal(how)
        code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code


def tell(happened: str, **_: Any) -> None:
    sys.stdout.write(f"{happened}\n")
    sys.stdout.flush()


def main(directory: str, bootstrap: str, topic: str) -> None:
    session.BATCH_RECORDS_MAX = RECORDS_MAX
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    kafka = settings_of(bootstrap)
    settings = FeedSettings(kafka, topic, shipped_allow_list(), heartbeat_seconds=1.0)
    with Desk.open(Path(directory)) as desk:
        tell(BEGUN)
        Publisher(desk.ledger, settings, desk.vault.data_keys, report=tell).run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
