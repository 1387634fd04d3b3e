"""Tables for people: within the terminal's width there, whole and plain in a pipe."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_UNBOUNDED = 100_000
_LINE_ENDS = "\n\t"
# These reverse or hide the text around them, so that people would read something else.
_MISLEADING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe(text: str) -> str:
    """A text without characters that would steer a terminal or mislead its reader."""
    return "".join(_shown(character) for character in text)


def one_line(text: str) -> str:
    """A safe text on one line."""
    return " ".join(safe(text).split())


def _shown(character: str) -> str:
    steers = unicodedata.category(character) == "Cc" and character not in _LINE_ENDS
    return "\N{REPLACEMENT CHARACTER}" if steers or character in _MISLEADING else character


def console(width: int | None = None) -> Console:
    """Where tables are drawn; in a pipe they are as wide as what they hold, unless told."""
    is_terminal = sys.stdout.isatty()
    return Console(
        width=width or (None if is_terminal else WIDTH_UNBOUNDED),
        markup=False,
        highlight=False,
        emoji=False,
    )


def draw(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    width: int | None = None,
) -> str:
    """A table as lines of text.

    Args:
        headers: one per column; empty for a table of names and values without a head.
        rows: the cells, of any length; a long one is cut off where the terminal ends.
        right: indexes of columns whose cells stand at the right.
        width: of the whole in columns of the terminal; None for what is there.
    """
    on = console(width)
    table = Table(
        box=box.SIMPLE_HEAD if on.is_terminal else None,
        show_header=bool(headers),
        show_edge=False,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    rows = list(rows)
    for index in range(len(headers) or max(map(len, rows), default=0)):
        table.add_column(
            Text(headers[index] if headers else ""),
            justify="right" if index in right else "left",
            no_wrap=bool(headers),
            overflow="ellipsis" if headers else "fold",
        )
    for row in rows:
        table.add_row(*(Text(one_line(cell) if headers else safe(cell)) for cell in row))
    with on.capture() as captured:
        on.print(table)
    lines = (line.rstrip() for line in captured.get().splitlines())
    return "\n".join(lines)
