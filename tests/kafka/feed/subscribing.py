"""The documented program as a process, its subscriber in a thread, and what they handle."""

import importlib.util
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Self

from kafka import KafkaConsumer

from deskledger.app.desk import Desk
from deskledger.consumers.publisher.feed_settings import FeedSettings
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import LANES, publisher, to_publish
from tests.patience import PATIENCE_SECONDS, wait_until

PROGRAM = Path(__file__).parents[3] / "docs" / "feed" / "subscriber.py"


def publish(desk: Desk, settings: FeedSettings) -> None:
    publisher(desk, settings).catch_up()


def wanted(desk: Desk) -> dict[int, list[int]]:
    return {lane: [e.sequence for e in each] for lane, each in to_publish(desk.ledger).items()}


def by_lane(lines: list[dict[str, Any]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {lane: [] for lane in range(LANES)}
    for line in lines:
        found[line["lane"]].append(int(line["sequence"]))
    return found


class Program:
    """The documented program as a process; it prints what it handles."""

    def __init__(self, cluster: Cluster, topic: str, state: Path, *options: str) -> None:
        command = [sys.executable, "-I", str(PROGRAM), cluster.bootstrap, topic]
        command += ["--state", str(state)]
        # Files, so that it never waits for a reader, nor a reader for ever for it.
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed in the end
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - as above
        self._read = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, *options], stdout=self._printed, stderr=self._complaints
        )

    def lines(self, count: int) -> list[dict[str, Any]]:
        """The next so many events."""
        wait_until(lambda: len(self._unread()) >= count)
        found = self._unread()[:count]
        self._read += count
        return [json.loads(line) for line in found]

    def kill(self) -> None:
        """Ends it at once, if it still runs."""
        self._process.kill()
        self._process.wait()
        self._printed.close()
        self._complaints.close()

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, Any]], str]:
        """Ends it; gives its exit code, the events it printed last, and what it complained of."""
        self._process.send_signal(how)
        return self.wait()

    def wait(self) -> tuple[int, list[dict[str, Any]], str]:
        """The same, once it ends by itself."""
        code = self._process.wait(PATIENCE_SECONDS)
        return code, self.lines(len(self._unread())), written(self._complaints)

    def _unread(self) -> list[str]:
        """Whole lines that it has printed and nobody has read."""
        return written(self._printed).split("\n")[self._read : -1]


def written(file: IO[bytes]) -> str:
    """What another process has written to a file by now."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode()


Start = Callable[..., Program]


Handle = Callable[[sqlite3.Connection, Any], None]


class Subscribed:
    """The documented subscriber in a thread of this process, with a handler of our own."""

    def __init__(
        self, cluster: Cluster, topic: str, state: Path, handle: Handle, begin: str = "first"
    ) -> None:
        spec = importlib.util.spec_from_file_location("subscriber", PROGRAM)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["subscriber"] = module
        spec.loader.exec_module(module)
        options = {"group_id": None, "auto_offset_reset": "none", "enable_auto_commit": False}
        self._consumer = KafkaConsumer(bootstrap_servers=cluster.bootstrap.split(","), **options)
        self._arguments = (self._consumer, topic, state, handle, begin)
        self.module: Any = module
        self._begun = threading.Event()
        self.subscriber: Any = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        # SQLite's connections belong to the thread that made them.
        try:
            self.subscriber = self.module.Subscriber(*self._arguments)
            self._begun.set()
            self.subscriber.run()
        except Exception as error:  # noqa: BLE001 - told to the test
            self.error = error
        finally:
            self._begun.set()
            if self.subscriber is not None:
                self.subscriber.state.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self.subscriber is not None:
            self.subscriber.stop()
        self._thread.join()
        self._consumer.close()


def keep(lines: list[dict[str, Any]]) -> Handle:
    def handle(_: sqlite3.Connection, event: Any) -> None:
        lines.append({"lane": event.lane, **event.attributes})

    return handle


def dead_letters(state: Path) -> list[tuple[int, str, str]]:
    with sqlite3.connect(state) as connection:
        return connection.execute("SELECT sequence, error, headers FROM dead_letter").fetchall()


def count_seen(state: Path) -> int:
    with sqlite3.connect(state) as connection:
        return int(connection.execute("SELECT count(*) FROM seen").fetchone()[0])
