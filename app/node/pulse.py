"""What a node does at the moment, in a file of the desk directory, for whoever asks how it is."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from deskledger.domain.shapes import instant_text

FOLDER = "nodes"
SECONDS = 2.0

Facts = Mapping[str, Any]
Tell = Callable[[str, Callable[[], Facts]], None]
"""Takes the name of a part of a node, and what gives its facts whenever they are asked for."""


def tell_nobody(name: str, facts: Callable[[], Facts]) -> None:
    """Stands for a node of which nobody asks how it is."""


class Pulse:
    """Gathers what roles tell of themselves and writes it down every few seconds."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        """Takes the desk's directory and the clock that says since when."""
        self._path = directory / FOLDER / f"{os.getpid()}.json"
        self._clock = clock
        self._since = instant_text(clock())
        self._told: dict[str, Callable[[], Facts]] = {}

    def tell(self, name: str, facts: Callable[[], Facts]) -> None:
        """From now on tells of a part of the node; `facts` is called for each writing."""
        self._told[name] = facts

    def run(self, stop: threading.Event) -> None:
        """Writes until `stop` is set, then takes the file away."""
        _forget_dead(self._path.parent)
        try:
            self._write()
            while not stop.wait(SECONDS):
                self._write()
        finally:
            self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        # Parts that have just begun tell of themselves meanwhile, in threads of their own.
        parts = self._told.copy()
        told = {
            "pid": os.getpid(),
            "since": self._since,
            "at": instant_text(self._clock()),
            **{name: facts() for name, facts in parts.items()},
        }
        aside = self._path.with_suffix(".new")
        # A full disk is for others to tell; a node does not end because of it.
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            aside.write_bytes(orjson.dumps(told, option=orjson.OPT_UTC_Z))
            aside.replace(self._path)


def running_nodes(directory: Path) -> list[dict[str, Any]]:
    """What the nodes of a desk tell that run on this machine, oldest first."""
    found = []
    for path in (directory / FOLDER).glob("*.json"):
        with suppress(OSError, orjson.JSONDecodeError):
            told: dict[str, Any] = orjson.loads(path.read_bytes())
            if _lives(told["pid"]):
                found.append(told)
    return sorted(found, key=lambda told: (told["since"], told["pid"]))


def _forget_dead(folder: Path) -> None:
    """Takes away what killed nodes have left."""
    for path in folder.glob("*.json"):
        if path.stem.isdigit() and not _lives(int(path.stem)):
            path.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
