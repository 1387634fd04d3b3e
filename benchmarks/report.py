"""How every benchmark prints: the machine, then tables of medians and ratios."""

import os
import platform
import resource
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

CACHE = Path(__file__).parent.parent / ".cache"

_CONSOLE = Console(width=120, highlight=False)


def print_machine() -> None:
    """One line that says what the figures were measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    cores = len(os.sched_getaffinity(0))
    _CONSOLE.print(
        f"{model}, {cores} cores; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"DuckDB {duckdb.__version__}"
    )


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory for one run, on the disk that the repository lies on."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        yield Path(place)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; numbers stand on the right."""
    table = Table(title=title, title_justify="left", pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    for row in rows:
        table.add_row(*(_shown(value) for value in row))
    _CONSOLE.print(table)


def peak_mebibytes() -> float:
    """Largest resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _shown(value: object) -> str:
    match value:
        case float() if abs(value) < 10:  # noqa: PLR2004 - small figures need their decimals
            return f"{value:.2f}"
        case float() | int():
            return f"{value:,.0f}"
        case _:
            return str(value)
