"""The documented program as a process, its subscriber in a thread, and what they handle."""

import importlib.util
import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from kafka import KafkaConsumer

from deskledger.app.desk import Desk
from deskledger.consumers.publisher.feed_settings import FeedSettings
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import LANES, publisher, to_publish
from tests.patience import PATIENCE_SECONDS

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
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def lines(self, count: int) -> list[dict[str, Any]]:
        """The next so many events."""
        assert self._process.stdout is not None
        return [json.loads(self._process.stdout.readline()) for _ in range(count)]

    def kill(self) -> None:
        """Ends it at once, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, Any]], str]:
        """Ends it; gives its exit code, the events it printed last, and what it complained of."""
        self._process.send_signal(how)
        return self.wait()

    def wait(self) -> tuple[int, list[dict[str, Any]], str]:
        """The same, once it ends by itself."""
        out, complaints = self._process.communicate(timeout=PATIENCE_SECONDS)
        whole = out[: out.rfind("\n") + 1]
        return self._process.returncode, [json.loads(x) for x in whole.splitlines()], complaints


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
