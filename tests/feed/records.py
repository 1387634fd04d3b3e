"""Records that a feed is made of: every released event once, and some that nobody should write."""

from typing import Any

from deskledger.domain.streams import STREAM_TYPES
from deskledger.eventlog.records import StoredRecord
from tests.domain.test_golden import EVENTS, examples
from tests.projections.records import Book


def golden_records(book: Book) -> dict[str, list[StoredRecord]]:
    """One commit for each example of each event, sealed as a writer seals it, by event name."""
    made: dict[str, list[StoredRecord]] = {}
    for noun, name, v in EVENTS:
        shape = STREAM_TYPES[noun].events[name, v]
        for index, stored in enumerate(examples(noun, name, v)):
            stream = "desk" if noun == "desk" else f"{noun}/{name.lower()}-{index}"
            record = book.commit(stream, [shape.model_validate(stored)])
            made.setdefault(f"{noun}.{name}.v{v}", []).append(record)
    return made


def golden(noun: str, name: str, index: int = 0) -> dict[str, Any]:
    """An example of an event as it is stored, its personal values open."""
    return examples(noun, name, 1)[index]
