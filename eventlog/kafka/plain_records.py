"""Records of a log's batches with nothing but what is judged: no headers, no sizes.

The client's own records have thirteen fields, are made twice, and cost some six in a hundred of
all that reading a log takes. Layout of a batch and of its records:
https://kafka.apache.org/documentation/#messageformat, and KIP-98.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record.util import decode_varint

_MAGIC = 2
_APPEND_TIME = 1


class PlainRecord(NamedTuple):
    """A record as the log gives it; `timestamp` in milliseconds since 1970, -1 for none."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class PlainRecords(Fetcher.PartitionRecords):  # type: ignore[misc]  # the client has no types
    """One partition's part of an answer, read when it is taken; committed or not, all counts."""

    def _unpack_records(
        self, tp: TopicPartition, records: Any, *_deserializers: object
    ) -> Iterator[PlainRecord]:
        while (batch := records.next_batch()) is not None:
            if not batch.validate_crc():
                told = f"{tp.topic}, partition {tp.partition}: bytes at {batch.base_offset} differ"
                raise CorruptRecordError(told)
            self.bytes_read += batch.size_in_bytes
            if batch.magic != _MAGIC:
                yield from self._of_old_form(batch)
                continue
            self.leader_epoch = batch.leader_epoch
            # Only the ends of transactions stand in control batches.
            if not batch.is_control_batch:
                for record in plain_records(batch):
                    self.next_fetch_offset = record.offset + 1
                    yield record
            self.next_fetch_offset = batch.next_offset
        self.drain()

    def _of_old_form(self, batch: Any) -> Iterator[PlainRecord]:
        """Records that were written to brokers before 0.11, each with a checksum of its own."""
        for record in batch:
            if not record.validate_crc():
                raise CorruptRecordError(f"The bytes of the record at {record.offset} differ.")
            self.next_fetch_offset = record.offset + 1
            yield PlainRecord(record.offset, record.timestamp, record.key, record.value)


def plain_records(batch: Any) -> Iterator[PlainRecord]:
    """The records of a batch of the client's, compressed or not, in their order.

    Raises:
        CorruptRecordError: the batch does not hold what it says.
    """
    iter(batch)  # the client unpacks its bytes then
    data, at = bytes(batch._buffer), batch._pos  # noqa: SLF001 - it gives them to nobody
    base, earliest = batch.base_offset, batch.first_timestamp
    appended_at = batch.max_timestamp if batch.timestamp_type == _APPEND_TIME else None
    try:
        for _ in range(batch.records_count):
            length, at = decode_varint(data, at)
            ends_at = at + length
            delta, at = decode_varint(data, at + 1)  # behind a byte of attributes, all unused
            number, at = decode_varint(data, at)
            key, at = _bytes(data, at)
            value, at = _bytes(data, at)
            if at > ends_at:
                raise CorruptRecordError(f"The record at {base + number} is longer than it says.")
            at = ends_at
            timestamp = earliest + delta if appended_at is None else appended_at
            yield PlainRecord(base + number, timestamp, key, value)
    except (IndexError, ValueError) as error:
        raise CorruptRecordError(f"The batch at {base} cannot be read: {error}.") from error
    if at != len(data):
        raise CorruptRecordError(f"The batch at {base} does not end where it says.")


def _bytes(data: bytes, at: int) -> tuple[bytes | None, int]:
    length, at = decode_varint(data, at)
    return (None, at) if length < 0 else (data[at : at + length], at + length)
