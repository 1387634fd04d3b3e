"""What the library's recorders ask of a ledger, whatever stores it."""

from collections.abc import Sequence
from typing import Protocol

from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.records import Draft, Receipt, StoredRecord


class ReadLedger(FollowedLedger, Protocol):
    """A ledger that is read: lanes as followers see them, and single streams."""

    lanes: int

    def history(self, stream: str, after_version: int = 0) -> list[StoredRecord]:
        """The effective commits of a stream whose first event comes after a version."""


class ApplicationLedger(ReadLedger, Protocol):
    """A ledger that applications of the library write to."""

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Appends commits, each judged singly; returns when their verdicts are known."""

    def find_command(self, stream: str, command_id: str) -> StoredRecord | None:
        """The effective commit of a command in a stream."""

    def number_of(self, stream: str) -> int | None:
        """The stream's number, None before its first effective commit."""
