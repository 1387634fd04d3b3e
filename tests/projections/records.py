"""Records as a ledger stores them, made in memory from events in plain text."""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from deskledger.domain.customer.commands import RegisterCustomer, SetTier
from deskledger.domain.events import Event
from deskledger.domain.personal import personal_paths
from deskledger.domain.ticket.commands import OpenTicket, PendTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage, SendReply
from deskledger.eventlog.commit import Envelope, commit_hash, encode_commit, genesis_prev
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.vault.sealed_value import DataKey, data_key
from deskledger.eventlog.vault.sealing import Sealer
from tests.domain.stories import ANN, BOB, CUSTOMER, Story, agent, desk, group

T = TypeVar("T")

DESK = "00000000-0000-4000-8000-00000000de5c"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACTOR = {"kind": "agent", "id": "ann"}


class Keys:
    """Keys for values, kept in memory; some can be destroyed."""

    def __init__(self) -> None:
        self._subjects: dict[str, bytes] = {}
        self.keys: dict[bytes, bytes] = {}
        self._drawn = 0

    def subject_keys(self, subjects: Collection[str]) -> dict[str, DataKey]:
        for subject in subjects:
            if subject not in self._subjects:
                self._subjects[subject] = self._draw()
        return {subject: data_key(self._subjects[subject]) for subject in subjects}

    def text_key(self, _subject: str) -> DataKey:
        return data_key(self._draw())

    def attachment_key(self, _subject: str) -> DataKey:
        return data_key(self._draw())

    def data_keys(self, ids: Collection[bytes]) -> Mapping[bytes, bytes]:
        return {identifier: self.keys[identifier] for identifier in ids if identifier in self.keys}

    def destroy(self) -> None:
        """Nothing that was sealed so far can be read any more."""
        self.keys.clear()

    def _draw(self) -> bytes:
        self._drawn += 1
        key = hashlib.sha256(f"key {self._drawn}".encode()).digest()
        self.keys[data_key(key).id] = key
        return key


@dataclass
class _Lane:
    records: int = 0
    sequence: int = 0
    hash: bytes = bytes(32)
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)


class Book:
    """Lanes that grow by commits; every commit is effective unless it is added as void."""

    def __init__(self, lanes: int = 3) -> None:
        self.keys = Keys()
        self.records: list[StoredRecord] = []
        self._sealer = Sealer(self.keys)
        self._lanes = [_Lane() for _ in range(lanes)]
        self._heads: dict[str, tuple[int, bytes]] = {}

    def commit(
        self,
        stream: str,
        events: Iterable[Event | Mapping[str, Any]],
        *,
        recorded_at: datetime = NOON,
        command_type: str = "Told",
        **envelope: Any,
    ) -> StoredRecord:
        """One more commit of the stream; `envelope` replaces parts of the usual one."""
        version, head = self._heads.get(stream, (0, genesis_prev(DESK)))
        stored = [self._sealed(stream, event) for event in events]
        value = encode_commit(
            commit_id=str(uuid.UUID(int=len(self.records))),
            stream=stream,
            version=version + 1,
            prev=head,
            recorded_at=recorded_at,
            envelope=_envelope(f"{stream} {version}", command_type, envelope),
            events=stored,
        )
        self._heads[stream] = (version + len(stored), commit_hash(value))
        return self.add(stream, value, version=version + 1, events=len(stored))

    def add(
        self, stream: str, value: bytes, *, version: int | None = None, events: int = 0
    ) -> StoredRecord:
        """One more record of the stream's lane; void without a version."""
        number = lane_of(stream, len(self._lanes))
        lane = self._lanes[number]
        lane.records += 1
        lane.sequence += events
        lane.hash = hashlib.sha256(lane.hash + value).digest()
        numbers = lane.numbers.setdefault(stream.partition("/")[0], {})
        if version is not None and stream not in numbers:
            numbers[stream] = len(numbers) * len(self._lanes) + number + 1
        record = StoredRecord(
            lane=number,
            record=lane.records,
            stream=stream,
            value=value,
            verdict="void:conflict" if version is None else "effective",
            sequence=lane.sequence,
            version=version,
            lane_time=len(self.records),
            lane_hash=lane.hash,
            number=numbers.get(stream),
        )
        self.records.append(record)
        return record

    def progress(self) -> list[Progress]:
        """How far the lanes have come that have any record."""
        return [
            Progress(DESK, number, lane.records, lane.sequence, lane.hash)
            for number, lane in enumerate(self._lanes)
            if lane.records
        ]

    def _sealed(self, stream: str, event: Event | Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(event, Event):
            return dict(event)
        plain = event.model_dump(mode="json")
        return self._sealer.seal(stream, plain, personal_paths(type(event)), stream)


def mixed(records: Sequence[StoredRecord], lanes: Sequence[int]) -> list[StoredRecord]:
    """The records in another interleaving of their lanes, as `lanes` picks the next one's."""
    waiting: dict[int, list[StoredRecord]] = {}
    for record in records:
        waiting.setdefault(record.lane, []).append(record)
    mixed = []
    for pick in lanes:
        lane = sorted(waiting)[pick % len(waiting)]
        mixed.append(waiting[lane].pop(0))
        if not waiting[lane]:
            del waiting[lane]
        if not waiting:
            break
    return mixed + [record for lane in waiting.values() for record in lane]


def cut(things: Sequence[T], sizes: Sequence[int]) -> Iterator[list[T]]:
    """The things in as many as `sizes` say at a time; what is left comes together at the end."""
    start = 0
    for size in [*sizes, len(things)]:
        if start < len(things):
            yield list(things[start : start + size])
        start += size


def later(minutes: float) -> datetime:
    """Some minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def ticket_stream(number: int) -> str:
    """The stream of an invented ticket."""
    return f"ticket/{uuid.UUID(int=number)}"


def _envelope(told: str, command_type: str, replaced: Mapping[str, Any]) -> Envelope:
    command = str(uuid.UUID(bytes=hashlib.sha256(told.encode()).digest()[:16]))
    parts: dict[str, Any] = {
        "command_id": command,
        "command_type": command_type,
        "digest": "00" * 32,
        "actor": ACTOR,
        "on_behalf_of": None,
        "source": {"surface": "cli", "id": "tests"},
        "correlation": command,
        "cause": None,
        "reads": {},
        "software": "deskledger tests",
    }
    return Envelope(**{**parts, **replaced})


def small_book() -> Book:
    """A book with one ticket, one customer, one agent, and a group of two."""
    book = Book()
    ticket = desk().when(
        OpenTicket(channel="email", subject="It is broken"),
        ReceiveMessage(text="The light stays red."),
        TakeTicket(),
        SendReply(text="Please restart it."),
        PendTicket(reason="customer"),
    )
    book.commit(ticket_stream(1), ticket.events)
    zoe = Story(stream=f"customer/{CUSTOMER}", history=True).when(
        RegisterCustomer(personal_fields={"name": "Zoe Miller"}), SetTier(tier="gold")
    )
    for told in (zoe, agent(ANN), group("first-line", ANN, BOB)):
        book.commit(told.stream, told.events)
    return book
