"""deskledger without the library: it works, and says what is missing where it is needed."""

import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
WITHOUT = "import sys; sys.modules['eventsourcing'] = None; sys.argv[1:] = ['--help']; "


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
    )


def test_the_command_line_neither_needs_the_library_nor_loads_it() -> None:
    loaded = "import deskledger.app.cli.program, sys; print('eventsourcing' in sys.modules)"
    assert run(loaded).stdout.strip() == "False"
    done = run(WITHOUT + "from deskledger.app.cli import main; main()")
    assert "Usage" in done.stdout
    assert done.stderr == ""


def test_where_the_library_is_needed_its_absence_names_the_extra() -> None:
    for module in ("eventsourcing", "eventsourcing.lanes"):
        done = run(f"{WITHOUT}import deskledger.eventlog.{module}")
        assert done.returncode == 1
        told = done.stderr.splitlines()[-1]
        assert told.startswith("ModuleNotFoundError: The library `eventsourcing` is missing")
        assert "pip install 'deskledger[eventsourcing]'" in told
