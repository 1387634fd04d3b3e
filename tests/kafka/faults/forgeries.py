"""Commits that somebody else makes, who knows the format and what stands in the log."""

import uuid
from typing import NamedTuple

from deskledger.eventlog.commit import commit_hash, read_commit
from deskledger.eventlog.names import lane_of
from tests.eventlog.build import OTHER_DESK, commit, ticket
from tests.kafka.faults.scene import Scene
from tests.kafka.ledger.nodes import LANES

ANSWERED = {
    "type": "CommandAnswered",
    "v": 1,
    "occurred_at": "2026-03-02T12:00:00.000000Z",
    "by": None,
    "outcome": "nothing",
    "code": None,
    "facts": {},
}


class Forged(NamedTuple):
    """A commit, and the stream that is its key."""

    stream: str
    value: bytes


class Last(NamedTuple):
    """The end of a stream: version and hash of its head, id and bytes of its last commit."""

    version: int
    hash: bytes
    command: str
    value: bytes


def last_of(scene: Scene, stream: str) -> Last:
    """How a stream ends at the first node."""
    record = scene.desk.ledger.history(stream)[-1]
    read = read_commit(record.value)
    version = read.version + len(read.events) - 1
    return Last(version, commit_hash(record.value), read.envelope.command_id, record.value)


def misfits(scene: Scene) -> dict[str, Forged]:
    """Commits that name what does not fit, and two whose command is in the stream already."""
    forged: dict[str, Forged] = {}
    for name in ("version ahead", "version taken", "prev", "command", "copy"):
        stream = scene.random.choice(scene.tickets)
        last = last_of(scene, stream)
        following = last.version + 1
        values = {
            "version ahead": commit(stream, following + 4, last.hash),
            "version taken": commit(stream, last.version, last.hash),
            "prev": commit(stream, following, bytes(32)),
            "command": commit(stream, following, last.hash, command=last.command),
            "copy": last.value,
        }
        forged[name] = Forged(stream, values[name])
    return forged | {"desk": Forged(ticket(77), commit(ticket(77), desk=OTHER_DESK))}


def beginning(scene: Scene, stream: str) -> Forged:
    """The first commit of a new stream; it would fit in its own lane, under its own name."""
    return Forged(stream, commit(stream, desk=scene.desk.ledger.desk))


def other_lane(stream: str) -> int:
    """A lane to which a stream does not belong."""
    return (lane_of(stream, LANES) + 1) % LANES


def fitting(scene: Scene) -> Forged:
    """A commit that fits, and therefore counts; it says that there was nothing to do."""
    stream = f"agent/{scene.desk.first_agent()}"
    last = last_of(scene, stream)
    command = str(uuid.uuid4())
    scene.foreign |= {command}
    value = commit(stream, last.version + 1, last.hash, command=command, events=[ANSWERED])
    return Forged(stream, value)
