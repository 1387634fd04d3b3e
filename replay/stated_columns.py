"""Which of the things that stand beside a record is not what it should be."""

from collections.abc import Sequence

from deskledger.eventlog.lane import lane_hash
from deskledger.eventlog.strict_json import Malformed, loads_strict
from deskledger.replay.chain_report import Difference
from deskledger.replay.lane_judge import Judged


def explained(
    judged: Judged,
    stream: str | None,
    columns: Sequence[str],
    expected: Sequence[object],
    found: Sequence[object],
) -> Difference:
    """The first column that differs; the lane hash tells changed bytes from a changed verdict.

    Args:
        judged: the record, judged.
        stream: what its key is called.
        columns: their names, the lane hash first and then the verdict.
        expected: what they should be.
        found: what they are, not equal to `expected`.
    """
    key = judged.record.key
    if expected[0] != found[0] and not _covers(judged, key, found):
        stated = _stated_stream(judged.record.value)
        if stated is not None and _covers(judged, stated.encode(), found):
            return _difference(judged, stated, "key", stated, stream)
        return _difference(judged, stream, columns[0], expected[0], found[0])
    rest = zip(columns[1:], expected[1:], found[1:], strict=True)
    return _difference(judged, stream, *next(column for column in rest if column[1] != column[2]))


def _covers(judged: Judged, key: bytes | None, found: Sequence[object]) -> bool:
    """Whether the hash found covers the value and the verdict found under this key."""
    verdict = found[1]
    if type(verdict) is not str or not verdict.isascii():
        return False
    return found[0] == lane_hash(judged.before.hash, key, judged.record.value, verdict)


def _difference(
    judged: Judged, stream: str | None, what: str, expected: object, found: object
) -> Difference:
    before = judged.before
    return Difference(before.lane, before.records + 1, stream, what, expected, found)


def _stated_stream(value: bytes | None) -> str | None:
    try:
        stated = loads_strict(value or b"").get("stream")
    except Malformed:
        return None
    return stated if type(stated) is str else None
