"""What processes may ask of the desk: present states, and which tickets name somebody."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from deskledger.eventlog.names import noun_of
from deskledger.eventlog.records import StoredRecord

PAGE_RECORDS = 2_000


class Records(Protocol):
    """What is asked of a ledger."""

    lanes: int

    def read(self, lane: int, after_record: int, limit: int, /) -> Sequence[StoredRecord]:
        """Records of a lane after the `after_record`-th."""

    def check_current(self, stream: str) -> None:
        """Makes sure that nothing recorded is missing here."""


class DeskView:
    """The desk as it is known here."""

    def __init__(self, ledger: Records, state_of: Callable[[str], Any]) -> None:
        """`state_of` gives the present state of a stream, None where it does not exist."""
        self._ledger = ledger
        self.state_of = state_of

    def tickets_naming(self, stream: str) -> list[str]:
        """The tickets that ever had an agent, group or customer, by the stream of that one.

        Every record is looked at: some seconds for a million tickets, and seldom asked.

        Raises:
            Unavailable: what is read here may be behind; ask again.
        """
        self._ledger.check_current(stream)
        noun, _, part = stream.partition("/")
        mark = f'"{noun}":"{part}"'.encode()
        found: set[str] = set()
        for lane in range(self._ledger.lanes):
            after = 0
            while records := self._ledger.read(lane, after, PAGE_RECORDS):
                after = records[-1].record
                found.update(
                    one.stream
                    for one in records
                    if one.version is not None
                    and noun_of(one.stream) == "ticket"
                    and mark in one.value
                )
        return sorted(found)
