"""Names, ids and times are spelt as the vectors file says."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from deskledger.domain.errors import InvalidInput
from deskledger.domain.identifiers import derived_id
from deskledger.domain.shapes import Slug
from deskledger.eventlog.identity import command_id, digest, identity_stream, normal_address
from deskledger.eventlog.instants import (
    format_instant,
    from_microseconds,
    microseconds,
    parse_instant,
)
from deskledger.eventlog.names import check_stream, is_stream, lane_of, murmur2
from deskledger.eventlog.writing.stated import stated_json
from tests.eventlog.vectors import EPOCH, VECTORS, Case


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
