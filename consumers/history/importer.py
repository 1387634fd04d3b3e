"""The import of a log: read through once, then recorded chunk by chunk."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from deskledger.consumers.history.cases import Ledger
from deskledger.consumers.history.import_run import ImportRun
from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.report import ImportReport
from deskledger.consumers.history.source_file import open_source
from deskledger.consumers.history.sources import check_log, log_rows
from deskledger.eventlog.vault.vault import Secrets
from deskledger.eventlog.writing.writer import Writer

CHUNK_ROWS = 1_000
_OBJECTS_BETWEEN_COLLECTIONS = 300_000


class ImportProgress(NamedTuple):
    """How far an import has come.

    Attributes:
        fraction: how much of the file has been imported, from 0 to 1.
        rows: how many rows have been accounted for.
    """

    fraction: float
    rows: int


@dataclass(frozen=True, slots=True)
class Target:
    """The desk into which a log is imported."""

    writer: Writer
    ledger: Ledger
    secrets: Secrets


def import_history(
    path: Path,
    mapping: Mapping,
    target: Target,
    *,
    progress: Callable[[ImportProgress], None] = lambda _progress: None,
    chunk_rows: int = CHUNK_ROWS,
) -> ImportReport:
    """Import a log.

    The file is read through once before anything is recorded, so that a broken one changes
    nothing. Should it break later all the same, or the import be stopped, what was recorded stays,
    and importing again goes on where it ended: a row that was imported is never imported twice.

    Raises:
        BrokenSource: the file cannot be read whole, or is not what the mapping describes.
        Unavailable: the ledger cannot be written.
        OutcomeUnknown: the ledger did not confirm a chunk; import again.
    """
    with open_source(path, mapping.source.member) as source:
        check_log(source, mapping)
    progress(ImportProgress(0.0, 0))
    run = ImportRun(mapping, path.name, target.writer, target.secrets)
    run.cases.load(target.ledger)
    seen: set[str] = set()
    with _collecting_seldom(), open_source(path, mapping.source.member) as source:
        rows = log_rows(source, mapping, seen)
        while chunk := list(islice(rows, chunk_rows)):
            run.import_chunk(chunk)
            progress(ImportProgress(source.fraction(), run.report.rows))
    return run.finish(seen)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for cyclic garbage less often: an import makes next to none, and many objects.

    With the usual threshold, looking takes a fifth of the import's time.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
