"""Ledgers that are open in this process: the applications of one desk share one."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import RLock

from deskledger.eventlog.eventsourcing.stream import ApplicationStream
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.opening import open_ledger


class OpenedDesk:
    """A desk's ledger, and the streams that recorders of this process use.

    Recorders of the same stream share it, and so the appends of their threads.
    """

    def __init__(self, directory: Path, wait_seconds: float, kafka: KafkaSettings) -> None:
        """Opens the ledger of the desk in `directory`; it has no users yet.

        `kafka` says how brokers are reached, where the ledger is on Kafka.

        Raises:
            InvalidInput: there is no desk.
            ForeignFile, NewerVersion, LedgerDamaged, Unavailable: the ledger cannot be used.
        """
        self.users = 0
        self.directory = directory
        self._wait_seconds = wait_seconds
        self._ledger = open_ledger(directory, wait_seconds=wait_seconds, kafka=kafka)
        self._streams: dict[str, ApplicationStream] = {}

    def stream(self, name: str, clock: Callable[[], datetime]) -> ApplicationStream:
        """The stream of this name, opened at its first use."""
        with _lock:
            if name not in self._streams:
                self._streams[name] = ApplicationStream(
                    self._ledger,
                    name,
                    self.directory,
                    clock=clock,
                    deadline_seconds=self._wait_seconds,
                )
            return self._streams[name]

    def close(self) -> None:
        """Closes the streams and the ledger."""
        for stream in self._streams.values():
            stream.close()
        self._ledger.close()


# An application that is garbage closes its factory, at any moment of any thread.
_lock = RLock()
_opened: dict[Path, OpenedDesk] = {}


def enter_desk(directory: Path, wait_seconds: float, kafka: KafkaSettings) -> OpenedDesk:
    """The desk in a directory for one more user; opened by the first one, as `OpenedDesk` says.

    The settings of the others have no effect.
    """
    place = directory.resolve()
    with _lock:
        opened = _opened.get(place)
        if opened is None:
            opened = _opened[place] = OpenedDesk(place, wait_seconds, kafka)
        opened.users += 1
        return opened


def leave_desk(opened: OpenedDesk) -> None:
    """Ends one use; the last one closes the desk."""
    with _lock:
        opened.users -= 1
        if not opened.users:
            del _opened[opened.directory]
            opened.close()
