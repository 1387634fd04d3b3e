"""Tables for people: within the terminal's width there, whole and plain in a pipe."""

import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_UNBOUNDED = 100_000
LAST_WIDTH_MIN = 8
GAP = 2
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
    bounds: Mapping[int, int] = MappingProxyType({}),
    width: int | None = None,
) -> str:
    """A table as lines of text, each row on one line.

    Where the width is not enough, columns with a bound are cut to it, and the last to what is left.

    Args:
        headers: one per column.
        rows: the cells.
        right: indexes of columns whose cells stand at the right.
        bounds: how wide some columns may be at most where the width is bounded.
        width: of the whole in columns of the terminal; None for what is there.
    """
    on = console(width)
    cells = [[one_line(cell) for cell in row] for row in rows]
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, GAP, 0, 0))
    widths = _fitted(natural_widths(headers, cells), bounds, on.width)
    for index, header in enumerate(headers):
        table.add_column(
            Text(header),
            justify="right" if index in right else "left",
            no_wrap=True,
            overflow="ellipsis",
            width=widths[index],
        )
    for row in cells:
        table.add_row(*map(Text, row))
    return _drawn(on, table)


def natural_widths(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is where there is room enough."""
    return [
        max(map(cell_len, (header, *(row[index] for row in cells))), default=0)
        for index, header in enumerate(headers)
    ]


def _fitted(widths: list[int], bounds: Mapping[int, int], room: int) -> list[int]:
    """The widths, given way to what room there is."""
    if total_width(widths) <= room:
        return widths
    *firsts, last = (min(width, bounds.get(n, width)) for n, width in enumerate(widths))
    left = room - total_width([*firsts, 0])
    return [*firsts, max(min(last, left), LAST_WIDTH_MIN)]


def total_width(widths: Sequence[int]) -> int:
    """How wide a table with such columns is."""
    return sum(widths) + GAP * (len(widths) - 1)


def draw_pairs(rows: Iterable[Sequence[str]]) -> str:
    """Names and values, or more columns of which the last is a text that may take several lines."""
    on = console()
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    return _drawn(on, table)


def _drawn(on: Console, table: Table) -> str:
    with on.capture() as captured:
        on.print(table)
    lines = (line.rstrip() for line in captured.get().splitlines())
    return "\n".join(lines)
