"""The programs of docs/eventsourcing.md, run as they stand there."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "eventsourcing.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order; of none for those that are no program."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return [body for named, body in found if named == language]


def exported() -> dict[str, str]:
    """What the page says to export."""
    lines = [line for block in blocks("") for line in block.splitlines()]
    stated = [line.removeprefix("export ") for line in lines if line.startswith("export ")]
    return dict(line.split("=", 1) for line in stated)


def run(program: str, directory: Path, settings: Mapping[str, str]) -> str:
    """What a program prints, run in a directory under its own name."""
    path = directory / "rooms.py"
    path.write_text(program, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own documentation
        [sys.executable, path.name],
        capture_output=True,
        check=False,
        cwd=directory,
        encoding="utf-8",
        env={**os.environ, **settings, "PYTHONUTF8": "1"},
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
