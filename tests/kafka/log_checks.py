"""Is a ledger's log right in itself? Written from docs/ledger-format.md, by no code of the judge.

Of records that are no commits (malformed, too large, in the wrong lane) only place and lane hash
are checked here: which those are, the test vectors fix.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from deskledger.eventlog.records import StoredRecord
from tests.kafka.findings import Fault, Finding

Lanes = Sequence[Sequence[StoredRecord]]
# Key and value of every record, as the log itself has them.
Topic = Sequence[Sequence[tuple[bytes | None, bytes | None]]]
JUDGED = ("effective", "void:conflict", "void:duplicate_command")


class Commit(NamedTuple):
    """What a record states, and where it stands.

    `last_version` is the version of its last event.
    """

    command: str
    stream: str
    version: int
    last_version: int
    prev: str
    verdict: str
    lane: int
    record: int
    sequence: int


class Head(NamedTuple):
    """A stream so far."""

    version: int
    hash: str
    commands: frozenset[str]


def commits(lanes: Lanes) -> Iterator[Commit]:
    """The well-formed commits of all lanes, void ones included, each lane in its order."""
    for records in lanes:
        for record in records:
            if record.verdict in JUDGED and (commit := commit_of(record, record.value)):
                yield commit


def commit_of(record: StoredRecord, value: bytes) -> Commit | None:
    """What the commit of a record states; None if it is none."""
    try:
        body = json.loads(value)
        return Commit(
            body["command"]["id"],
            body["stream"],
            body["version"],
            body["version"] + len(body["events"]) - 1,
            body["prev"],
            record.verdict,
            record.lane,
            record.record,
            record.sequence,
        )
    except (ValueError, KeyError, TypeError):
        return None


def check_log(lanes: Lanes, topic: Topic, desk: str) -> list[Finding]:
    """A replica against its topic: versions, chains, verdicts, sequences, lane hashes."""
    found: list[Finding] = []
    for lane, (records, log) in enumerate(zip(lanes, topic, strict=True)):
        found += check_lane(records, log, desk)
        if len(records) != len(log):
            found.append(Finding(Fault.SPLIT, f"lane {lane}: {len(records)} of {len(log)} records"))
    return found


def check_lane(
    records: Sequence[StoredRecord], log: Iterable[tuple[bytes | None, bytes | None]], desk: str
) -> Iterator[Finding]:
    """One lane, in its order."""
    lane_hash, sequence = bytes(32), 0
    heads: dict[str, Head] = {}
    for number, (record, (key, value)) in enumerate(zip(records, log, strict=False), 1):
        place = f"lane {record.lane}, record {number}, {record.stream}"
        commit = commit_of(record, value or b"") if record.verdict in JUDGED else None
        if commit:
            head = heads.get(commit.stream) or Head(0, sha("genesis", desk.encode()), frozenset())
            yield from (Finding(fault, place) for fault in misjudged(commit, head))
            if record.verdict == "effective":
                sequence += commit.last_version - commit.version + 1
                known = head.commands | {commit.command}
                heads[commit.stream] = Head(commit.last_version, sha("commit", record.value), known)
        elif record.verdict in JUDGED:
            yield Finding(Fault.VERDICT, place)
        if (record.record, record.sequence) != (number, sequence):
            yield Finding(Fault.SEQUENCE, place)
        if record.value != (value or b""):
            yield Finding(Fault.SPLIT, place)
        lane_hash = next_hash(lane_hash, key, value, record.verdict)
        if record.lane_hash != lane_hash:
            yield Finding(Fault.LANE_HASH, place)


def misjudged(commit: Commit, head: Head) -> Iterator[Fault]:
    """What is wrong with a verdict, given the stream so far."""
    known = commit.command in head.commands
    follows = (commit.version, commit.prev) == (head.version + 1, head.hash)
    match commit.verdict:
        case "effective":
            if known:
                yield Fault.DOUBLED
            if commit.version != head.version + 1:
                yield Fault.GAP
            if commit.prev != head.hash:
                yield Fault.CHAIN
        case "void:duplicate_command" if not known:
            yield Fault.VERDICT
        case "void:conflict" if known or follows:
            yield Fault.VERDICT


def sha(label: str, *parts: bytes) -> str:
    """A hash of the ledger, in hexadecimal."""
    return hashlib.sha256(f"deskledger/{label}/1\0".encode() + b"".join(parts)).hexdigest()


def next_hash(before: bytes, key: bytes | None, value: bytes | None, verdict: str) -> bytes:
    """The lane hash after one more record; an absent key or value counts as 32 zero bytes."""
    digests = (
        bytes(32) if part is None else hashlib.sha256(part).digest() for part in (key, value)
    )
    return bytes.fromhex(sha("lane", before, *digests, verdict.encode()))
