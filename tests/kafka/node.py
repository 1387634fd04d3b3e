"""One broker: its settings, its process, and what may happen to it."""

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.kafka.jars import Jars

HOST = "127.0.0.1"
START_SECONDS = 240.0
STARTED = "Kafka Server started"
UNLIMITED = resource.RLIM_INFINITY


class BrokerFailed(Exception):
    """A broker ended, or did not come up in time; the message ends with its log."""


class Addresses(NamedTuple):
    """The ports of a node.

    Attributes:
        client: for clients and other brokers.
        controller: for the quorum.
        behind: where the proxied listener listens.
        proxy: what the proxied listener advertises; a proxy listens there when a test wants one.
    """

    client: int
    controller: int
    behind: int
    proxy: int


class Guard:
    """A process that kills the brokers should this one die."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", str(Path(__file__).with_name("watchdog.py"))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0)  # noqa: S603

    def tell(self, sign: str, pid: int) -> None:
        """`+` for a process that has been started, `-` for one that has ended."""
        assert self._process.stdin
        self._process.stdin.write(f"{sign}{pid}\n".encode())

    def close(self) -> None:
        """Ends the guard, and with it whatever it still watches."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class Node:
    """One broker and controller; starts, ends and is hindered by its process id alone.

    Attributes:
        number: the node id, from 1.
        ports: its ports.
        data: the directory of its logs (Kafka's `log.dirs`).
        log: the file that takes what it prints.
    """

    def __init__(self, number: int, ports: Addresses, directory: Path, guard: Guard) -> None:
        directory.mkdir(parents=True)
        self.number = number
        self.ports = ports
        self.data = directory / "data"
        self.log = directory / "broker.log"
        self._settings = directory / "server.properties"
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._frozen = False

    @property
    def running(self) -> bool:
        """Whether its process lives; a frozen one does."""
        return self._process is not None and self._process.poll() is None

    @property
    def awake(self) -> bool:
        """Whether it runs and is not frozen."""
        return self.running and not self._frozen

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    def format(self, jars: Jars, cluster_id: str, settings: Mapping[str, str]) -> None:
        """Writes the settings and prepares the log directory.

        Raises:
            BrokerFailed: the storage tool refused.
        """
        lines = (f"{name}={value}\n" for name, value in settings.items())
        self._settings.write_text("".join(lines), encoding="utf-8")
        options = ("-Xmx64m", "-XX:TieredStopAtLevel=1")
        command = jars.command("kafka.tools.StorageTool", *options)
        command += ["format", "--cluster-id", cluster_id, "--config", str(self._settings)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise BrokerFailed(done.stdout + done.stderr)

    def start(self, jars: Jars, *options: str) -> None:
        """Starts the process; `wait_started` waits until it serves."""
        assert not self.running
        with self.log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(  # noqa: S603
                [*jars.command("kafka.Kafka", *options), str(self._settings)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in a terminal is for the starter, which then stops its brokers.
                start_new_session=True,
            )
        self._guard.tell("+", self._process.pid)

    def wait_started(self, seconds: float = START_SECONDS) -> None:
        """Waits until the broker is registered and serves.

        Raises:
            BrokerFailed: it ended, or did not come up in time.
        """
        deadline = time.monotonic() + seconds
        while STARTED not in (said := self.said()):
            if not self.running or time.monotonic() > deadline:
                end = "\n".join(said.splitlines()[-40:])
                raise BrokerFailed(f"broker {self.number} did not start:\n{end}")
            time.sleep(0.05)

    def said(self) -> str:
        """What the broker has printed since its last start."""
        with self.log.open("rb") as output:
            output.seek(self._log_start)
            return output.read().decode(errors="replace")

    def kill(self) -> None:
        """Ends it at once (kill -9), frozen or not; nothing when it is down."""
        self._end(signal.SIGKILL)

    def shut_down(self) -> None:
        """Ends it in order (SIGTERM): it hands its leaderships over first."""
        self.thaw()
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Stops it without ending it (SIGSTOP): connections stay, nothing answers."""
        assert self.running
        self._send(signal.SIGSTOP)
        self._frozen = True

    def thaw(self) -> None:
        """Lets a frozen broker go on (SIGCONT); nothing when it is not frozen."""
        if self._frozen:
            self._send(signal.SIGCONT)
            self._frozen = False

    def limit_files(self, size_bytes: int = UNLIMITED) -> None:
        """No file of the broker may grow beyond this size, as if its disk were full.

        The broker then fails to append with EFBIG in place of ENOSPC and treats both alike: the
        log directory is offline, and a broker with no other one ends. A limit on the process
        needs no privilege and touches nobody else; a new process has none.
        """
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size_bytes, UNLIMITED))

    def wait_ended(self, seconds: float = START_SECONDS) -> None:
        """Waits until the process has ended by itself."""
        assert self._process is not None
        self._process.wait(seconds)
        self._forget()

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait()
        self._forget()

    def _forget(self) -> None:
        assert self._process is not None
        self._guard.tell("-", self._process.pid)
        self._process = None
        self._frozen = False
