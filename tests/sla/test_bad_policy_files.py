"""Whatever is wrong with a policy file is told with its path, in bounded work, unpublished."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.app.cli.texts import say
from deskledger.app.service_policy import next_document
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.sla.faults import Fault, Faulty
from deskledger.domain.sla.policy_file import read_policy_file
from deskledger.domain.sla.text import BYTES_MAX
from tests.cli.runs import made_desk
from tests.sla.build import OFFICE
from tests.sla.examples import POLICY
from tests.sla.histories import policies
from tests.sla.test_bad_input import values

WHOLE: dict[str, Any] = {"calendars": {"office": OFFICE}, "policies": [POLICY]}
TOP = st.sampled_from(["format", "calendars", "policies", "reach", "timeline"])
TARGET = {"metric": "first_response", "within": "PT1H"}


def with_target(**stated: Any) -> dict[str, Any]:
    """The valid file with a target that states other things."""
    return {**WHOLE, "policies": [{**POLICY, "targets": [{**TARGET, **stated}]}]}


def faults(data: bytes) -> list[Fault]:
    """What is wrong with a file; nothing where it can be published."""
    try:
        document = next_document(read_policy_file(data), None, "new")
    except Faulty as refused:
        return refused.faults
    assert ServicePolicy.model_validate(document).written() == document
    return []


def places(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document, the whole of it first."""
    if not isinstance(value, dict | list):
        return [place]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [place, *(one for key, held in inner for one in places(held, (*place, key)))]


def replaced(whole: Any, place: tuple[str | int, ...], value: Any) -> Any:
    if not place:
        return value
    made: Any = dict(whole) if isinstance(whole, dict) else list(whole)
    made[place[0]] = replaced(whole[place[0]], place[1:], value)
    return made


@given(policies(), values, st.data())
def test_no_value_in_any_place_of_a_policy_is_worse_than_a_fault(
    stated: list[Any], value: Any, data: st.DataObject
) -> None:
    whole = {**WHOLE, "calendars": {"office": OFFICE, "late": OFFICE}, "policies": stated}
    place = data.draw(st.sampled_from(places(whole)))
    for fault in faults(json.dumps(replaced(whole, place, value)).encode()):
        assert fault.path.startswith("$")
        assert say("zh", f"fault.{fault.code}", **fault.facts)


@given(st.dictionaries(TOP | st.text(max_size=3), values, max_size=4))
def test_no_object_is_worse_than_a_fault(whole: dict[str, Any]) -> None:
    for fault in faults(json.dumps(whole).encode()):
        assert say("en", f"fault.{fault.code}", **fault.facts)


@pytest.mark.parametrize(
    ("code", "path", "whole"),
    [
        ("zone_unknown", "$.calendars.office.zone", {"calendars": {"office": {"zone": "Moon"}}}),
        ("intervals_overlap", "$.calendars.office.weekly.mon",
         {"calendars": {"office": {"zone": "UTC",
                                   "weekly": {"mon": ["09:00-12:00", "11:59-13:00"]}}}}),
        ("duration_limit", "$.policies[0].targets[0].within", with_target(within="PT999999999H")),
        ("too_many", "$.policies[0].targets[0].marks", with_target(marks=[{"name": "m"}] * 1_000)),
        ("unknown_key_like", "$.polices", {"polices": []}),
        ("unknown_key_like", "$.calendars.office.holliday",
         {"calendars": {"office": {"zone": "UTC", "holliday": []}}}),
    ],
)  # fmt: skip
def test_a_fault_of_a_policy_file_is_told_with_its_path_and_reason(
    code: str, path: str, whole: dict[str, Any]
) -> None:
    assert [(fault.code, fault.path) for fault in faults(json.dumps(whole).encode())] == [
        (code, path)
    ]


def test_a_policy_file_of_a_hundred_megabytes_is_refused_unread_and_nothing_published(
    tmp_path: Path,
) -> None:
    shell = made_desk(tmp_path / "desk")
    file = tmp_path / "long.json"
    with file.open("wb") as sparse:
        sparse.truncate(100_000_000)
    for words in (
        ("policy", "check", file),
        ("policy", "publish", file),
        ("policy", "publish", file, "--dry-run"),
        ("config", "publish", "service-policy/default", file),
        ("config", "check", "service-policy/default", file),
    ):
        assert str(BYTES_MAX) in shell.fails(2, *words).replace(",", "")
    assert shell.json("config", "list")["configuration"][0]["name"] == "desk"
    assert len(shell.json("config", "list")["configuration"]) == 1


def test_what_is_nested_deeply_or_stands_twice_is_refused_where_documents_are_published(
    tmp_path: Path,
) -> None:
    shell = made_desk(tmp_path / "desk")
    file = tmp_path / "deep.json"
    for text in ("[" * 100_000, '{"format": 1, "format": 1}'):
        file.write_text(text, encoding="utf-8")
        shell.fails(2, "policy", "publish", file)
        shell.fails(2, "config", "publish", "service-policy/default", file)
    assert [one["name"] for one in shell.json("config", "list")["configuration"]] == ["desk"]
