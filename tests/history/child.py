"""An import in a process of its own, to be killed: prints a line after each chunk."""

from __future__ import annotations

import sys
from pathlib import Path

from deskledger.app.desk import Desk
from tests.history.build import LATER, imported, mapping


def main(directory: str, log: str, chunk_rows: str) -> None:
    """Import a log into a desk."""
    with Desk.open(Path(directory), clock=lambda: LATER) as desk:
        imported(
            desk,
            Path(log),
            mapping(),
            chunk_rows=int(chunk_rows),
            progress=lambda progress: print(progress.rows, flush=True),  # noqa: T201 - the parent reads it
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
