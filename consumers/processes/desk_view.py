"""What processes may ask of the desk: present states, and which tickets name somebody."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import orjson

from deskledger.domain.ticket.status import SETTLED
from deskledger.eventlog.instants import stored_microseconds
from deskledger.eventlog.names import noun_of
from deskledger.eventlog.records import StoredRecord

PAGE_RECORDS = 2_000
# A change of it; a ticket is never opened as settled.
_STATUS = b'"status":{'
_NEVER = -(1 << 62)


class Records(Protocol):
    """What is asked of a ledger."""

    lanes: int

    def read(self, lane: int, after_record: int, limit: int, /) -> Sequence[StoredRecord]:
        """Records of a lane after the `after_record`-th."""

    def streams(self, noun: str, after: int, limit: int, /) -> Sequence[tuple[int, str]]:
        """Numbers and names of a noun's streams, by number, those above `after`."""

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
        return sorted({one.stream for one in self._of_tickets(mark)})

    def unsettled_tickets(self, cause: str) -> list[str]:
        """The tickets that are neither solved nor closed now, by their numbers.

        Args:
            cause: the stream of the event because of which it is asked.

        Raises:
            Unavailable: as `tickets_naming`, and it takes as long.
        """
        self._ledger.check_current(cause)
        latest = array("q")
        for record in self._of_tickets(_STATUS):
            number = record.number or 0
            latest.extend([_NEVER] * (number + 1 - len(latest)))
            for status in _statuses(record):
                # A late fact does not change the present; of one instant the later event counts.
                if status | 1 >= latest[number]:
                    latest[number] = status
        return list(self._unsettled(latest))

    def _unsettled(self, latest: Sequence[int]) -> Iterator[str]:
        after = 0
        while page := self._ledger.streams("ticket", after, PAGE_RECORDS):
            for number, stream in page:
                # Of one that came meanwhile nothing is known but that it is new.
                if number >= len(latest) or not latest[number] & 1:
                    yield stream
            after = page[-1][0]

    def _of_tickets(self, mark: bytes) -> Iterator[StoredRecord]:
        """The commits of tickets whose bytes hold a mark, those of a stream in their order."""
        for lane in range(self._ledger.lanes):
            after = 0
            while records := self._ledger.read(lane, after, PAGE_RECORDS):
                after = records[-1].record
                for one in records:
                    is_commit = one.version is not None and noun_of(one.stream) == "ticket"
                    if is_commit and mark in one.value:
                        yield one


def _statuses(record: StoredRecord) -> Iterator[int]:
    """When a ticket entered a status, in microseconds since 1970, doubled; odd for a settled one.

    A million of them are to be kept for as long as somebody asks, so they are whole numbers.
    """
    for event in orjson.loads(record.value)["events"]:
        status = event.get("status")
        if isinstance(status, Mapping):
            is_settled = status["after"] in SETTLED
            yield stored_microseconds(event["occurred_at"]) << 1 | is_settled
