"""The one pass in Python: records of the ledger become the relations of a micro-batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from deskledger.eventlog.collector import collector_still
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.records import StoredRecord
from deskledger.projections import columns
from deskledger.projections.personal import DataKeys, Unsealer
from deskledger.projections.readable import READABLE, Shapes
from deskledger.projections.rows import Part, Rows

CHUNK_RECORDS = 2_000
"""So few that what is parsed becomes columns before it falls out of the processor's cache."""

# Of the applications of the `eventsourcing` library: their states have no meaning to the desk.
_APPLICATIONS = "app/"

# What reading values and making columns of them may raise that lies in a record itself.
_MISSHAPEN = (
    LedgerDamaged,
    AttributeError,
    LookupError,
    OverflowError,
    TypeError,
    ValueError,
    pa.ArrowException,
)
_RELATIONS = {
    "batch": columns.BATCH,
    "batch_other": columns.BATCH,
    "batch_personal": columns.PERSONAL,
    "batch_other_personal": columns.PERSONAL,
    "batch_contact": columns.BATCH_CONTACT,
    "batch_contact_personal": columns.CONTACT_PERSONAL,
}


class ParkedRecord(NamedTuple):
    """A record that is set aside, and why; None where an earlier one of its stream was."""

    record: StoredRecord
    error: str | None


@dataclass(frozen=True, slots=True)
class Staged:
    """A micro-batch, ready to be applied.

    `count` is the number of records, void ones included; `relations` are those that `columns`
    describes, by name; `latest` is the last record of each lane; `types` are those of the events,
    `nouns` those of their streams.
    """

    count: int
    relations: Mapping[str, pa.Table]
    latest: Mapping[int, StoredRecord]
    aside: Sequence[ParkedRecord]
    types: frozenset[str]
    nouns: frozenset[str]

    @property
    def events(self) -> int:
        """How many events have rows."""
        rows: int = self.relations["batch"].num_rows + self.relations["batch_other"].num_rows
        return rows


def set_aside(record: StoredRecord, error: str) -> Staged:
    """A micro-batch of one record that cannot be applied."""
    relations = {name: schema.empty_table() for name, schema in _RELATIONS.items()}
    parked = [ParkedRecord(record, error)]
    nothing: frozenset[str] = frozenset()
    return Staged(1, relations, {record.lane: record}, parked, nothing, nothing)


class Stager:
    """Turns records into micro-batches; `readable` says which events it knows."""

    def __init__(self, data_keys: DataKeys, readable: Shapes = READABLE) -> None:
        self._unsealer = Unsealer(data_keys)
        self._readable = readable

    def stage(self, records: Sequence[StoredRecord], parked: Collection[str] = ()) -> Staged:
        """One micro-batch of records, which stand in the order of their lanes.

        Args:
            records: effective ones of the desk's own streams become rows; the others only move
                the progress.
            parked: streams whose records are set aside whatever they say.

        Raises:
            Unavailable: the keys of sealed values could not be read.
        """
        streams = set(parked)
        aside: list[ParkedRecord] = []
        parts: list[Part] = []
        with collector_still():
            for start in range(0, len(records), CHUNK_RECORDS):
                chunk = records[start : start + CHUNK_RECORDS]
                self._chunk(chunk, streams, aside, parts)
        self._unsealer.forget()
        relations = {
            name: pa.Table.from_batches([getattr(part, name) for part in parts], schema)
            for name, schema in _RELATIONS.items()
        }
        latest = {record.lane: record for record in records}
        types = frozenset(name for part in parts for name in part.types)
        nouns = frozenset(noun for part in parts for noun in part.nouns)
        return Staged(len(records), relations, latest, aside, types, nouns)

    def _chunk(
        self,
        records: Sequence[StoredRecord],
        streams: set[str],
        aside: list[ParkedRecord],
        parts: list[Part],
    ) -> None:
        """Adds the records' columns to `parts`, what cannot be read to `aside` and `streams`."""
        try:
            part, parked = self._part(records, streams)
        except _MISSHAPEN as error:
            if len(records) > 1:
                for record in records:
                    self._chunk([record], streams, aside, parts)
                return
            part, parked = None, [ParkedRecord(records[0], _told(error))]
        aside += parked
        streams.update(record.stream for record, _ in parked)
        if part is not None:
            parts.append(part)

    def _part(
        self, records: Sequence[StoredRecord], streams: set[str]
    ) -> tuple[Part, list[ParkedRecord]]:
        rows = Rows(self._readable)
        parked: list[ParkedRecord] = []
        bad: set[str] = set()
        for record in records:
            number, version = record.number, record.version
            if number is None or version is None or record.stream.startswith(_APPLICATIONS):
                continue
            if record.stream in streams or record.stream in bad:
                parked.append(ParkedRecord(record, None))
                continue
            try:
                rows.add(record, number, version)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is parked
                bad.add(record.stream)
                parked.append(ParkedRecord(record, _told(error)))
        return rows.part(self._unsealer), parked


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
