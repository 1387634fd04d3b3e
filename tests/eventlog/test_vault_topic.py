"""Nodes that tell of keys and destroy them at the same time: what was destroyed stays so."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.errors import DeskError
from deskledger.eventlog.kafka import vault_rows
from deskledger.eventlog.kafka import vault_sink as sink_module
from deskledger.eventlog.kafka.handover import Record as Told
from deskledger.eventlog.kafka.read_back import ReadBack
from deskledger.eventlog.kafka.vault_records import KeyRow, destruction_record, key_record
from deskledger.eventlog.kafka.vault_sink import VaultSink
from deskledger.eventlog.vault.file import VAULT, UsedKey
from tests.eventlog.test_replica import LOCATION, Record

ANN = "customer/ann"


class Topic:
    """A compacted topic with one partition.

    Attributes:
        records: those that compaction has left, with their offsets.
        destroyed: the ids of keys that somebody has destroyed.
        end: the offset of the next record.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.destroyed: set[bytes] = set()
        self.end = 0

    def tell(self, told: Sequence[Told]) -> None:
        for _, key, value in told:
            self.records.append(Record(self.end, 0, key, value))
            self.end += 1

    def compact(self, end: int) -> None:
        """Keeps of each key the last record before `end`, and all behind it."""
        last = {one.key: one.offset for one in self.records if one.offset < end}
        self.records = [
            one for one in self.records if one.offset >= end or last[one.key] == one.offset
        ]

    def last_words(self) -> dict[bytes | None, bytes | None]:
        return {one.key: one.value for one in self.records}


class Node:
    """One node's file, and the keys that it reserved, used and has not told of yet."""

    def __init__(self, topic: Topic, directory: Path) -> None:
        directory.mkdir()
        self._topic, self._directory = topic, directory
        self.late: list[KeyRow] = []
        self.held: list[bytes] = []
        self.open()

    def open(self) -> None:
        self._sink = VaultSink(self._directory, LOCATION, ReadBack())
        self._sink.tell = self._topic.tell
        self.position = self._sink.begin(0).offset

    def close(self) -> None:
        self._sink.close()

    def read(self, count: int = 1_000) -> None:
        new = [one for one in self._topic.records if one.offset >= self.position][:count]
        if new:
            self._sink.add({0: new})
            self.position = new[-1].offset + 1

    def reserve(self) -> None:
        identifier = self._topic.end.to_bytes(12, "big")
        self._topic.tell([Told(0, *key_record(KeyRow(identifier, b"w", holder="h")))])
        self.held.append(identifier)
        self.read()

    def use(self) -> None:
        self.reserve()
        self.name()

    def name(self) -> None:
        """Looks its used keys up, in order to tell whose they are."""
        with closing(self.file()) as file:
            self.late += vault_rows.name_rows(
                file, [UsedKey(one, ANN, "text") for one in self.held]
            )
        self.held.clear()

    def tell_late(self) -> None:
        self._topic.tell([Told(0, *key_record(row)) for row in self.late])
        self.late.clear()

    def destroy(self) -> None:
        gone = sorted(self.keys())[:1]
        self._topic.destroyed.update(gone)
        self._topic.tell([Told(0, *destruction_record(one)) for one in gone])

    def mend(self) -> None:
        self.read()
        self._sink.note_fresh(1e10)

    def restart(self) -> None:
        self.close()
        self.open()

    def forget(self) -> None:
        self.close()
        for path in self._directory.iterdir():
            path.unlink()
        self.open()

    def keys(self) -> dict[bytes, str | None]:
        with closing(self.file()) as file:
            return {row.id: row.subject for row in vault_rows.every_row(file)}

    def file(self) -> sqlite3.Connection:
        return sqlite3.connect(self._directory / VAULT.name)


ACTIONS = {
    "use": Node.use,
    "tell": Node.tell_late,
    "destroy": Node.destroy,
    "read": lambda node: node.read(1),
    "read all": Node.read,
    "mend": Node.mend,
    "restart": Node.restart,
}
# Only the second node ever loses its file: what no file remembers, nobody can know.
steps = st.lists(
    st.tuples(st.booleans(), st.sampled_from([*ACTIONS]))
    | st.sampled_from([(True, "forget"), (False, "compact")]),
    max_size=25,
)


@settings(max_examples=40)
@given(steps)
def test_what_was_destroyed_ends_destroyed_in_every_file_and_in_the_topics_last_word(
    taken: list[tuple[bool, str]],
) -> None:
    topic = Topic()
    with tempfile.TemporaryDirectory() as directory:
        nodes = [Node(topic, Path(directory, name)) for name in ("one", "two")]
        for node in nodes * 2:
            node.use()
        for second, action in taken:
            node = nodes[second]
            if action == "compact":
                topic.compact(node.position)
            else:
                (Node.forget if action == "forget" else ACTIONS[action])(node)
        for node in nodes * 2:
            node.tell_late()
            node.mend()
        told = len(topic.records)
        for node in nodes:
            node.mend()
            assert node.keys().keys().isdisjoint(topic.destroyed)
            node.close()
        assert nodes[0].keys() == nodes[1].keys()
    words = topic.last_words()
    assert all(words[destruction_record(one)[0]] is None for one in topic.destroyed)
    assert len(topic.records) == told, "there is nothing left to mend"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Topic, Node, Node]]:
    topic = Topic()
    one, two = (Node(topic, tmp_path / name) for name in ("one", "two"))
    yield topic, one, two
    one.close()
    two.close()


def test_a_key_that_is_named_behind_its_destruction_does_not_come_back(
    nodes: tuple[Topic, Node, Node],
) -> None:
    topic, one, two = nodes
    one.reserve()
    (key,) = one.keys()
    one.name()
    two.read()
    two.destroy()
    one.tell_late()
    two.read()
    assert two.keys() == {}
    one.read()
    assert topic.records[-1].value is not None
    # The one that told of it dies; another that has read it says the last word.
    one.restart()
    two.restart()
    two.mend()
    assert topic.records[-1] == (topic.records[-1].offset, 0, *destruction_record(key))


def test_a_file_that_another_process_began_anew_is_read_from_the_first_record_by_both(
    nodes: tuple[Topic, Node, Node], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, one, two = nodes
    two.reserve()
    one.read()
    with monkeypatch.context() as patch:
        patch.setattr(sink_module, "AWAY_SECONDS_MAX", -1.0)
        VaultSink(tmp_path / "one", LOCATION, ReadBack()).close()
    assert one.keys() == {}
    two.reserve()
    with pytest.raises(DeskError, match="anew"):
        one.read()
    one.restart()
    one.read()
    assert one.keys().keys() == two.keys().keys()
    assert len(topic.records) == len(two.keys()) == 2


def test_a_file_of_before_that_remembers_no_destructions_reads_of_them_again(
    nodes: tuple[Topic, Node, Node],
) -> None:
    topic, one, two = nodes
    one.reserve()
    one.name()
    one.destroy()
    one.tell_late()
    for node in (one, two):
        node.read()
    with closing(two.file()) as file:
        file.execute("DROP TABLE destroyed")
        file.execute("DROP TABLE returned")
        file.commit()
    two.restart()
    two.mend()
    assert topic.last_words().popitem()[1] is None
