"""The files in which a stopped broker keeps a partition, and how they lose their end."""

import struct
from pathlib import Path

from tests.kafka.node import Node

# What a batch of records begins with: first offset, bytes that follow, leader epoch, format,
# checksum, attributes, and how many offsets lie after the first.
BATCH = struct.Struct(">qiibIhi")
BEFORE_LENGTH = 12
CLEAN = ".kafka_cleanshutdown"


def cut(node: Node, topic: str, partition: int, offset: int) -> None:
    """Cuts a stopped broker's log of a partition: the batch that holds `offset` and all later ones.

    The broker finds a log that ends earlier, as after a disk that lied about what it had written.
    """
    assert not node.running
    # Without this file the broker reads the segment again and mends its indexes.
    (node.data / CLEAN).unlink(missing_ok=True)
    for segment in segments(node, topic, partition):
        keep = length_before(segment, offset)
        with segment.open("r+b") as file:
            file.truncate(keep)


def segments(node: Node, topic: str, partition: int) -> list[Path]:
    """The files that hold the records of a partition, in the order of their offsets."""
    return sorted((node.data / f"{topic}-{partition}").glob("*.log"))


def length_before(segment: Path, offset: int) -> int:
    """How many bytes of a segment hold the batches that end before an offset."""
    data = segment.read_bytes()
    place = 0
    while place + BATCH.size <= len(data):
        first, length, _, _, _, _, more = BATCH.unpack_from(data, place)
        if first + more >= offset:
            break
        place += BEFORE_LENGTH + length
    return place
