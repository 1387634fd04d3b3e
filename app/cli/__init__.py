"""The command line: `deskledger` parses, calls the parts of the desk, and shows what they say."""

import gc
import sys
import zoneinfo
from io import TextIOWrapper

from deskledger.app.cli.program import app

# How many objects are made between two looks for cycles, of which there are next to none here. With
# Python's own numbers, looking takes a seventh of the time of reading a log.
COLLECTIONS = (50_000, 20, 50)


def main() -> None:
    """Runs the command line of this process; ends it with the exit code of docs/command-line.md."""
    # The zones of the pinned package, not the machine's: every node has the same local times.
    zoneinfo.reset_tzpath(to=())
    gc.set_threshold(*COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        # What goes into a file or a pipe is UTF-8 whatever the machine is set to; a terminal shows
        # a mark for what it has no letter for.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    app(prog_name="deskledger")
