"""Watches a lane while it is judged, and notes what concerns one stream."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from deskledger.eventlog.names import STREAM_BYTES_MAX, lane_of_valid, noun_of
from deskledger.eventlog.strict_json import Malformed, loads_strict
from deskledger.replay.lane_judge import Judged, LaneJudge
from deskledger.replay.lane_notes import Asked, Attempt, LaneNotes, NotedCommit

# Whoever may write to a log may write any number of void records, of any length.
ATTEMPTS_MAX = 1_000
ATTEMPT_BYTES_MAX = 16 << 10
NUMBERED_NOUN = "ticket"

_OF_ATTEMPTS = (
    "version",
    "recorded_at",
    "command",
    "actor",
    "on_behalf_of",
    "source",
    "software",
    "commit",
)


class StreamWatch:
    """Is told of every record that a judge takes."""

    def __init__(self, judge: LaneJudge, asked: Asked) -> None:
        """Has the judge tell it, if anything is asked."""
        self._judge = judge
        self._asked = asked
        self._key = None if asked.stream is None else asked.stream.encode()
        self._notes = LaneNotes(judge.state.lane, asked.stream)
        if asked.ticket is not None:
            judge.notice = self._look_for_number
        elif asked.stream is not None:
            judge.notice = self._note

    def notes(self) -> LaneNotes:
        """What was found, once the lane was taken."""
        for stream in self._asked.others:
            version = self._version_of(stream)
            if version is not None:
                self._notes.heads[stream] = version
        return self._notes

    def _look_for_number(self, judged: Judged) -> None:
        number, stream = judged.judgement.number, judged.judgement.stream
        if number == self._asked.ticket and noun_of(stream or "") == NUMBERED_NOUN:
            self._notes.stream = stream
            self._judge.has_enough = True

    def _note(self, judged: Judged) -> None:
        if judged.judgement.stream != self._asked.stream and judged.record.key != self._key:
            return
        if judged.judgement.verdict.version is None:
            self._note_attempt(judged)
        else:
            self._note_commit(judged)

    def _note_attempt(self, judged: Judged) -> None:
        reason, notes = judged.judgement.verdict.text.removeprefix("void:"), self._notes
        notes.void[reason] += 1
        if len(notes.attempts) < ATTEMPTS_MAX:
            value, before = judged.record.value, judged.before
            value_hash = None if value is None else hashlib.sha256(value).digest()
            body = _attempted(value or b"")
            attempt = Attempt(before.lane, before.records + 1, reason, value_hash, body)
            notes.attempts.append(attempt)

    def _note_commit(self, judged: Judged) -> None:
        record, judgement, before, after = judged
        verdict = judgement.verdict
        assert verdict.version is not None
        assert verdict.hash is not None
        body = orjson.loads(record.value or b"")
        named = {stream: self._version_of(stream) for stream in named_streams(body)}
        commit = NotedCommit(
            lane=before.lane,
            record=after.records,
            sequence=before.sequence,
            version=verdict.version,
            hash=verdict.hash,
            body=body,
            key_hash=hashlib.sha256(record.key or b"").digest(),
            value_hash=hashlib.sha256(record.value or b"").digest(),
            before=before.hash,
            after=after.hash,
            lane_time=after.lane_time,
            heads={stream: at for stream, at in named.items() if at is not None},
        )
        self._notes.number = self._notes.number or judgement.number
        self._notes.commits.append(commit)

    def _version_of(self, stream: str) -> int | None:
        """The version of a stream's head by now, 0 without one; None for one of another lane."""
        genesis, lane = self._judge.state.genesis, self._judge.state.lane
        if genesis is None or lane_of_valid(stream, genesis.lanes) != lane:
            return None
        head = self._judge.head(stream)
        return 0 if head is None else head.version


def named_streams(body: Mapping[str, Any]) -> Iterator[str]:
    """The streams that a commit says it read, and that of the event that caused it.

    Nobody has judged these parts, so they may have any shape; what is no name is left out.
    """
    reads, cause = body.get("reads"), body.get("cause")
    stated = [*(reads if isinstance(reads, dict) else ())]
    stated += [cause.get("stream")] if isinstance(cause, dict) else []
    for stream in stated:
        if type(stream) is str and len(stream) <= STREAM_BYTES_MAX:
            yield stream


def _attempted(value: bytes) -> dict[str, Any]:
    if len(value) > ATTEMPT_BYTES_MAX:
        return {}
    try:
        body = loads_strict(value)
    except Malformed:
        return {}
    return {name: body[name] for name in _OF_ATTEMPTS if name in body}
