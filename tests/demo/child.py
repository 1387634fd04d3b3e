"""Makes a demo in a process of its own and is killed in it: `python -m … DIRECTORY SHARE`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from deskledger.app.demo.make import make_demo
from deskledger.app.demo.plan import Plan

ROOT = Path(__file__).parents[2]
# More commands than are recorded at once, so that something has been recorded before the kill.
PLAN = Plan(seed=5, tickets=250)


def killed(directory: Path, share: float) -> None:
    """Let a process make the demo and kill itself when that part of it has been recorded."""
    command = [sys.executable, "-m", "tests.demo.child", str(directory), str(share)]
    process = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603
    assert process.returncode == -signal.SIGKILL


def main(directory: str, share: str) -> None:
    def progress(done: float) -> None:
        if done >= float(share):
            os.kill(os.getpid(), signal.SIGKILL)

    make_demo(Path(directory), PLAN, progress)


if __name__ == "__main__":
    main(*sys.argv[1:])
