"""A process of ours whose log is read as it grows, by a test that never waits for ever."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

from tests.patience import PATIENCE_SECONDS


class LoggedProcess(subprocess.Popen[str]):
    """A process that logs JSON lines to a file of its own, so it never waits for a reader."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        """Starts it; as a context manager it is killed in the end if it still runs."""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in the end
        self._read = 0
        super().__init__(command, stdout=subprocess.PIPE, stderr=self._log, text=True, env=env)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        super().__exit__(kind, error, trace)
        self._log.close()

    def told(self, event: str) -> dict[str, object]:
        """The next line that it logs about an event.

        Raises:
            AssertionError: it ended without, or did not come to it; the message is its whole log.
        """
        deadline_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            ended = self.poll() is not None
            for line in self._lines():
                if f'"{event}"' in line:
                    logged: dict[str, object] = json.loads(line)
                    return logged
            assert not ended, f"it ended without {event}:\n{self.log()}"
            assert time.monotonic() < deadline_at, f"nothing of {event}:\n{self.log()}"
            time.sleep(0.02)

    def began(self, *roles: str) -> None:
        """Waits until it has logged of each of these roles that it began, in whatever order."""
        missing = set(roles)
        while missing:
            missing.discard(str(self.told("role_began")["role"]))

    def log(self) -> str:
        """All that it has logged by now."""
        file = self._log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def _lines(self) -> Iterator[str]:
        """Whole lines at which nobody has looked yet."""
        logged = self.log()
        while (end := logged.find("\n", self._read)) >= 0:
            line, self._read = logged[self._read : end], end + 1
            yield line
