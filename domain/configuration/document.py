"""What every published document is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from deskledger.domain.configuration.faults import Fault, fault
from deskledger.domain.shapes import Frozen, Names, Slug


class Document(Frozen):
    """The content of one published version.

    Attributes:
        format: number of the document's shape, counted within its kind. A shape that was released
            only ever gains members that may be missing; anything else is a new format.
    """

    format: int

    @property
    def owner(self) -> str | None:
        """Id of the agent whose own it is; null for what needs the right to configure."""
        return None

    @property
    def parties(self) -> frozenset[str]:
        """Streams of the groups and agents that it names, which must be there."""
        return frozenset()

    @classmethod
    def faults(cls, document: dict[str, Any]) -> Iterator[Fault]:  # noqa: ARG003 - see `cls`
        """What is wrong beyond the shape of single members.

        Args:
            document: of the newest format, but of any shape: all faults are told at once.
        """
        yield from ()


class Coded(Frozen):
    """A code that commands may use, and what people see for it."""

    code: Slug
    names: Names = {}  # noqa: RUF012 - frozen, and copied by pydantic


Codes = Sequence[Coded] | None
"""The codes that are valid; null where any code is."""


def coded(document: dict[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    """Those entries of a list in a document of any shape that have a code, with their places."""
    listed = document.get(name)
    entries = enumerate(listed if isinstance(listed, list) else [])
    return [
        (place, entry)
        for place, entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("code"), str)
    ]


def twice(entries: list[tuple[int, dict[str, Any]]], *place: str | int) -> Iterator[Fault]:
    """A fault for each entry whose code stands before it already."""
    seen: set[str] = set()
    for index, entry in entries:
        if entry["code"] in seen:
            yield fault((*place, index, "code"), "twice", value=entry["code"])
        seen.add(entry["code"])
