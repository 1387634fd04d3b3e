"""Evidence on streams of small ledgers, and commits with any parts that nobody judges."""

from pathlib import Path

import orjson

from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.replay.chains import verify_chains
from deskledger.replay.evidence import Evidence
from deskledger.replay.proving import Wanted
from tests.eventlog.build import Chain, commit, ticket
from tests.replay.exports import exported, verified
from tests.replay.ledgers import LANES


def told(path: Path, wanted: Wanted) -> Evidence:
    """The evidence of a ledger file, which its export gives just so."""
    evidence = verify_chains(path, wanted=wanted).evidence
    assert evidence is not None
    assert verified(exported(path), wanted=wanted).evidence == evidence
    return evidence


def changed(value: bytes, **parts: object) -> bytes:
    return orjson.dumps(orjson.loads(value) | parts)


class Writer:
    """Appends commits whose parts that nobody judges are stated."""

    def __init__(self, ledger: EmbeddedLedger) -> None:
        self._ledger = ledger
        self._chains: dict[str, Chain] = {}

    def add(self, stream: str, **parts: object) -> None:
        chain = self._chains.setdefault(stream, Chain(stream))
        value = changed(commit(stream, chain.version + 1, chain.hash), **parts)
        (receipt,) = self._ledger.append([Draft(stream, value)])
        assert receipt.effective
        chain.version, chain.hash = chain.version + 1, commit_hash(value)


def same_lane(count: int) -> list[str]:
    """Streams that share the lane of the first ticket."""
    lane = lane_of(ticket(1), LANES)
    found = (ticket(number) for number in range(1, 100))
    return [stream for stream in found if lane_of(stream, LANES) == lane][:count]


def elsewhere() -> str:
    lane = lane_of(ticket(1), LANES)
    return next(s for s in map(ticket, range(100)) if lane_of(s, LANES) != lane)
