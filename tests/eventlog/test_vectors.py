"""The stored bytes are those of the vectors file, which other implementations can use as well."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from deskledger.domain.errors import InvalidInput
from deskledger.domain.identifiers import derived_id
from deskledger.domain.shapes import Slug
from deskledger.eventlog.commit import (
    Envelope,
    commit_hash,
    encode_commit,
    genesis_prev,
    read_commit,
)
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.errors import NewerVersion
from deskledger.eventlog.identity import command_id, digest, identity_stream, normal_address
from deskledger.eventlog.instants import (
    format_instant,
    from_microseconds,
    microseconds,
    parse_instant,
)
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import LaneState, advance, empty_lane, lane_hash, stream_number
from deskledger.eventlog.names import check_stream, is_stream, lane_of, murmur2
from deskledger.eventlog.progress import Checkpoint, Progress, read_checkpoint, write_checkpoint
from deskledger.eventlog.stated import stated_json
from deskledger.eventlog.strict_json import Malformed, loads_strict

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "ledger-format-1.json").read_text(encoding="utf-8")
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Case = dict[str, Any]


class Effective:
    """The effective commits of a lane, as the judge asks for them."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.commands: set[tuple[str, bytes]] = set()

    def head(self, stream: str) -> Head | None:
        return self.heads.get(stream)

    def has_command(self, stream: str, command: bytes) -> bool:
        return (stream, command) in self.commands


def unbase64(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


def stored(text: str | None) -> bytes:
    data = unbase64(text)
    assert data is not None
    return data


def test_streams_have_names_of_one_form() -> None:
    names = VECTORS["names"]
    assert [name for name in names["streams"] if not is_stream(name)] == []
    assert [name for name in names["not_streams"] if is_stream(name)] == []
    assert [check_stream(name) for name in names["streams"]] == names["streams"]


@pytest.mark.parametrize(
    "name", VECTORS["names"]["not_streams"] + VECTORS["names"]["not_for_commits"]
)
def test_no_commit_is_written_to_another_name(name: str) -> None:
    with pytest.raises(InvalidInput):
        check_stream(name)


def test_slugs_have_one_form() -> None:
    slug: TypeAdapter[str] = TypeAdapter(Slug)
    assert [slug.validate_python(text) for text in VECTORS["slugs"]["valid"]]
    for text in VECTORS["slugs"]["invalid"]:
        with pytest.raises(ValidationError):
            slug.validate_python(text)


@pytest.mark.parametrize("case", VECTORS["murmur2"])
def test_murmur2_is_kafkas(case: Case) -> None:
    assert murmur2(case["text"].encode()) == case["hash"]


@pytest.mark.parametrize("case", VECTORS["lanes"])
def test_a_stream_belongs_to_one_lane(case: Case) -> None:
    assert lane_of(case["stream"], case["lanes"]) == case["lane"]


@pytest.mark.parametrize("case", VECTORS["derived_ids"])
def test_ids_are_derived_from_their_parts(case: Case) -> None:
    assert derived_id(case["noun"], *case["parts"]) == case["id"]


@pytest.mark.parametrize("case", VECTORS["command_ids"])
def test_a_command_id_is_a_mac_of_who_named_it(case: Case) -> None:
    key = bytes.fromhex(case["command_key_hex"])
    names = {name: case[name] for name in ("surface", "credential", "idempotency_key")}
    assert command_id(key, **names) == case["id"]


@pytest.mark.parametrize("case", VECTORS["not_command_ids"])
def test_no_part_of_a_command_id_holds_the_separator(case: Case) -> None:
    with pytest.raises(InvalidInput):
        command_id(bytes(32), **case)


@pytest.mark.parametrize("case", VECTORS["digests"])
def test_a_digest_is_a_mac_of_what_the_caller_stated(case: Case) -> None:
    key = bytes.fromhex(case["command_key_hex"])
    stated = stated_json(case["stated"])
    found = digest(key, command=case["type"], stream=case["stream"], stated=stated)
    assert found == case["digest"]


@pytest.mark.parametrize("case", VECTORS["addresses"])
def test_an_address_has_one_spelling(case: Case) -> None:
    if case["normal"] is None:
        with pytest.raises(InvalidInput) as refused:
            normal_address(case["kind"], case["address"], country=case["country"])
        assert not case["address"].strip() or case["address"] not in str(refused.value)
    else:
        found = normal_address(case["kind"], case["address"], country=case["country"])
        assert found == case["normal"]


@pytest.mark.parametrize("case", VECTORS["identities"])
def test_an_identity_is_named_by_a_mac_of_its_address(case: Case) -> None:
    key = bytes.fromhex(case["identity_key_hex"])
    assert identity_stream(key, case["kind"], case["address"]) == case["stream"]


@pytest.mark.parametrize("case", VECTORS["instants"]["valid"])
def test_an_instant_has_one_form(case: Case) -> None:
    instant = EPOCH + timedelta(microseconds=case["microseconds"])
    assert parse_instant(case["text"]) == instant == from_microseconds(case["microseconds"])
    assert format_instant(instant) == case["text"]
    assert microseconds(instant) == case["microseconds"]


@pytest.mark.parametrize("text", VECTORS["instants"]["invalid"])
def test_no_other_form_is_an_instant(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_instant(text)


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
