"""Desks for applications of the library, and the settings that name them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.eventlog.build import new_ledger

MODULE = "deskledger.eventlog.eventsourcing"

Settings = Mapping[str, str]


@contextmanager
def embedded_desk() -> Iterator[Settings]:
    """The settings of an application on a new, empty ledger in files."""
    with TemporaryDirectory() as directory:
        new_ledger(Path(directory)).close()
        yield {"PERSISTENCE_MODULE": MODULE, "DESKLEDGER_DESK": directory}
