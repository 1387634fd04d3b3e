"""What both readers give: the rows of a log, each with its place and its identity."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

Texts = tuple[str, ...]

_NAME_ENDS = "\x1f"
_PAIR_ENDS = "\x1e"


class SourceRow(NamedTuple):
    """One row of a log: a line of a CSV file, an event of an XES log.

    Attributes:
        line: line of the file on which it begins, from 1.
        case: the name of its case as it stands in the source; empty when it has none.
        hash: SHA-256 of what the row says, without hindsight; see ``row_hash``.
        values: texts of the columns that the mapping reads, in its order; empty for none.
    """

    line: int
    case: str
    hash: bytes
    values: Texts


class UnreadableRow(NamedTuple):
    """A row that is not of the file's own shape, such as one with too few fields."""

    line: int
    reason: str
    detail: str


Row = SourceRow | UnreadableRow


def row_hash(pairs: Iterable[str]) -> bytes:
    """Hash what a row says: its ``pair`` texts, sorted by name.

    Values that are missing stay out, so that a column which a later export adds does not make
    other rows of the old ones. So do hindsight columns: the source rewrites them on old rows.
    """
    return hashlib.sha256(_PAIR_ENDS.join(pairs).encode()).digest()


def pair(name: str, value: str = "") -> str:
    """A column's name and its text as they are hashed."""
    return f"{name}{_NAME_ENDS}{value}"


def picker(places: Sequence[int]) -> Callable[[Sequence[str]], Texts]:
    """A fast function that picks these places of a row as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    if not places:
        return lambda _values: ()
    only = places[0]
    return lambda values: (values[only],)
