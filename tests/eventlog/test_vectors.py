"""The stored bytes are those of the vectors file, which other implementations can use as well."""

import json
from datetime import datetime

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.commit import (
    Envelope,
    commit_hash,
    encode_commit,
    genesis_prev,
    read_commit,
)
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.errors import NewerVersion
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import LaneState, advance, empty_lane, lane_hash, stream_number
from deskledger.eventlog.progress import Checkpoint, Progress, read_checkpoint, write_checkpoint
from deskledger.eventlog.strict_json import Malformed, loads_strict
from tests.eventlog.vectors import VECTORS, Case, stored, unbase64


class Effective:
    """The effective commits of a lane, as the judge asks for them."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.commands: set[tuple[str, bytes]] = set()

    def head(self, stream: str) -> Head | None:
        return self.heads.get(stream)

    def has_command(self, stream: str, command: bytes) -> bool:
        return (stream, command) in self.commands


@pytest.mark.parametrize("case", VECTORS["genesis_prev"])
def test_a_first_commit_follows_its_desk(case: Case) -> None:
    assert genesis_prev(case["desk"]).hex() == case["prev_hex"]


@pytest.mark.parametrize("case", VECTORS["genesis_records"])
def test_a_genesis_record_has_these_bytes(case: Case) -> None:
    expected = (unbase64(case["key_base64"]), unbase64(case["value_base64"]))
    assert genesis_record(case["desk"], case["lane"], case["lanes"]) == expected


@pytest.mark.parametrize("case", VECTORS["commits"])
def test_a_commit_has_these_bytes(case: Case) -> None:
    parts, command = case["parts"], case["parts"]["command"]
    envelope = Envelope(
        command_id=command["id"],
        command_type=command["type"],
        digest=command["digest"],
        **{
            name: parts[name]
            for name in ("actor", "on_behalf_of", "source", "correlation", "cause")
        },
        reads=parts["reads"],
        software=parts["software"],
    )
    value = encode_commit(
        commit_id=parts["commit"],
        stream=parts["stream"],
        version=parts["version"],
        prev=bytes.fromhex(parts["prev_hex"]),
        recorded_at=datetime.fromisoformat(parts["recorded_at"]),
        envelope=envelope,
        events=parts["events"],
    )
    assert value == unbase64(case["value_base64"])
    read = read_commit(value)
    assert read.envelope == envelope
    assert (
        read.commit_id,
        read.stream,
        read.version,
        read.prev,
        read.recorded_at,
        read.events,
    ) == (
        *(parts[name] for name in ("commit", "stream", "version", "prev_hex", "recorded_at")),
        parts["events"],
    )


@pytest.mark.parametrize("case", VECTORS["commits"] + VECTORS["commit_hashes"])
def test_a_commit_is_hashed_as_its_bytes_stand(case: Case) -> None:
    assert commit_hash(stored(case["value_base64"])).hex() == case["hash_hex"]


@pytest.mark.parametrize("case", VECTORS["strict_json"], ids=lambda case: case["name"])
def test_strict_json_reads_these_bytes_and_no_others(case: Case) -> None:
    data = stored(case["data_base64"])
    if case["accepted"]:
        assert loads_strict(data) == json.loads(data)
    else:
        with pytest.raises(Malformed):
            loads_strict(data)


@pytest.mark.parametrize("case", VECTORS["judge"], ids=lambda case: case["about"])
def test_the_judge_says_what_becomes_of_each_record(case: Case) -> None:
    state, effective = empty_lane(case["lane"]), Effective()
    for record in case["records"]:
        key, value = unbase64(record["key_base64"]), unbase64(record["value_base64"])
        if record.get("stops"):
            with pytest.raises(NewerVersion):
                judge(state, effective, key, value)
            return
        state, found = _judged(state, effective, key, value, record.get("received_at"))
        assert found == {name: record[name] for name in found}, record["about"]


def _judged(
    state: LaneState,
    effective: Effective,
    key: bytes | None,
    value: bytes | None,
    received_at: int | None,
) -> tuple[LaneState, Case]:
    judgement = judge(state, effective, key, value)
    verdict = judgement.verdict
    state = advance(state, judgement, key, value, received_at=received_at)
    if verdict.hash is not None:
        assert judgement.stream is not None
        assert judgement.command is not None
        assert verdict.last_version is not None
        effective.heads[judgement.stream] = Head(verdict.last_version, verdict.hash)
        effective.commands.add((judgement.stream, judgement.command))
    return state, {
        "verdict": verdict.text,
        "version": verdict.version,
        "last_version": verdict.last_version,
        "commit_hash_hex": verdict.hash and verdict.hash.hex(),
        "number": judgement.number,
        "records": state.records,
        "sequence": state.sequence,
        "lane_time": state.lane_time,
        "lane_hash_hex": state.hash.hex(),
    }


@pytest.mark.parametrize("case", VECTORS["lane_hashes"])
def test_a_lane_hash_covers_key_value_and_verdict(case: Case) -> None:
    key, value = unbase64(case["key_base64"]), unbase64(case["value_base64"])
    found = lane_hash(bytes.fromhex(case["before_hex"]), key, value, case["verdict"])
    assert found.hex() == case["after_hex"]


@pytest.mark.parametrize("case", VECTORS["numbers"])
def test_a_streams_number_comes_from_its_place_in_its_lane(case: Case) -> None:
    assert stream_number(case["place"], case["lane"], case["lanes"]) == case["number"]


@pytest.mark.parametrize("case", VECTORS["checkpoints"]["valid"])
def test_a_checkpoint_is_read_in_any_layout(case: Case) -> None:
    stated = case["checkpoint"]
    lanes = tuple(
        Progress(
            stated["desk"],
            lane["lane"],
            lane["records"],
            lane["sequence"],
            bytes.fromhex(lane["hash"]),
        )
        for lane in stated["lanes"]
    )
    checkpoint = Checkpoint(stated["desk"], lanes)
    assert read_checkpoint(case["text"].encode()) == checkpoint
    assert json.loads(write_checkpoint(checkpoint)) == stated


@pytest.mark.parametrize("text", VECTORS["checkpoints"]["invalid"])
def test_a_checkpoint_with_a_fault_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_checkpoint(text.encode())
