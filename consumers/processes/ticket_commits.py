"""The commits of all tickets, for the few who have to look at every one."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from deskledger.eventlog.names import noun_of
from deskledger.eventlog.records import StoredRecord

PAGE_RECORDS = 2_000
_NOTHING: Mapping[int, int] = MappingProxyType({})


class Records(Protocol):
    """What is asked of a ledger."""

    lanes: int

    def read(self, lane: int, after_record: int, limit: int, /) -> Sequence[StoredRecord]:
        """Records of a lane after the `after_record`-th."""


def ticket_commits(ledger: Records, after: Mapping[int, int] = _NOTHING) -> Iterator[StoredRecord]:
    """The effective commits of tickets, those of a stream in their order.

    Args:
        ledger: whose.
        after: how many records of a lane are left out; of one that is not named, none.
    """
    for lane in range(ledger.lanes):
        last = after.get(lane, 0)
        while records := ledger.read(lane, last, PAGE_RECORDS):
            last = records[-1].record
            for one in records:
                if one.version is not None and noun_of(one.stream) == "ticket":
                    yield one
