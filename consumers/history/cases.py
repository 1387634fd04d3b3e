"""Which ticket a case is, and which rows of it this import has seen.

A case's ticket is the one that the first accepted row of it opened, in this import or in an
earlier one. So the ledger itself is asked once, when an import begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Protocol
from uuid import UUID

import orjson

from deskledger.consumers.history.memo import Memo
from deskledger.eventlog.records import StoredRecord

_BATCH = 1_000
_ID_BYTES = 16
_ROW_BYTES = 8
_UNOPENED = bytes(_ID_BYTES)


class Ledger(Protocol):
    """What the import asks of a ledger."""

    lanes: int

    def read(self, lane: int, after_record: int, limit: int) -> list[StoredRecord]:
        """Records of a lane in order."""


class Cases:
    """The cases of one source system.

    A case takes some 200 bytes, plus 8 per row seen, so that a log of a million cases fits into
    memory whatever the order of its rows.
    """

    def __init__(self, system: str, kind: str) -> None:
        """`kind` is that of the references which keep the cases' names."""
        self._reference = (system, kind)
        # By a hash of the case's name: the id of the command that opened its ticket, then the
        # beginnings of the hashes of its rows.
        self._known: dict[bytes, bytes] = {}
        self._texts = Memo[bytes, str](lambda opener: str(UUID(bytes=opener)))

    def load(self, ledger: Ledger) -> None:
        """Find the tickets that earlier imports opened."""
        for record in _openings(ledger, self._reference[0]):
            commit = orjson.loads(record.value)
            for reference in commit["events"][0].get("references", ()):
                if (reference["system"], reference["kind"]) == self._reference:
                    opener = UUID(commit["command"]["id"]).bytes
                    self._known.setdefault(_key(reference["id"]), opener)

    def opener(self, case: str) -> str | None:
        """The id of the command that opened the case's ticket; None for a case without one."""
        known = self._known.get(_key(case), _UNOPENED)[:_ID_BYTES]
        return None if known == _UNOPENED else self._texts[known]

    def opened(self, case: str, opener: str) -> None:
        """Say which command opened the case's ticket."""
        key = _key(case)
        seen = self._known.get(key, _UNOPENED)[_ID_BYTES:]
        self._known[key] = UUID(opener).bytes + seen

    def occurrence(self, case: str, row_hash: bytes) -> int:
        """Count a row: the how many-th of its case that says exactly this, from 1."""
        key = _key(case)
        known = self._known.get(key, _UNOPENED)
        short = row_hash[:_ROW_BYTES]
        self._known[key] = known + short
        return known.count(short, _ID_BYTES) + 1


def _key(case: str) -> bytes:
    return blake2b(case.encode(), digest_size=_ID_BYTES).digest()


def _openings(ledger: Ledger, system: str) -> Iterator[StoredRecord]:
    """The commits that opened a ticket with a reference to the system; some others among them."""
    named = b'"system":' + orjson.dumps(system)
    for lane in range(ledger.lanes):
        after = 0
        while records := ledger.read(lane, after, _BATCH):
            after = records[-1].record
            for record in records:
                # Looking at the bytes first spares parsing all that follows an opening.
                opens = record.version == 1 and record.stream.startswith("ticket/")
                if opens and named in record.value:
                    yield record
