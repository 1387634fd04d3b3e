"""Every fault of a document is told at once with its path, and nothing is decided about it."""

from __future__ import annotations

from typing import Any

import pytest

from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.documents import KINDS
from deskledger.domain.errors import InvalidInput
from tests.domain.configured import FIRST, UTC, refund
from tests.domain.stories import Story

FAULTS: list[tuple[str, Any, list[tuple[str, str]]]] = [
    ("desk", [], [("$", "no JSON object")]),
    ("desk", {"zone": "UTC"}, [("$.format", "required")]),
    ("desk", {"format": True}, [("$.format", "required")]),
    ("desk", {"format": 3, "zone": "UTC"}, [("$.format", "in format 2")]),
    ("desk", {**FIRST, "tiers": []}, [("$.format", "in format 2")]),
    ("desk", {"format": 2}, [("$.zone", "required")]),
    ("desk", {**UTC, "zone": "Mars/Olympus"}, [("$.zone", "such as Asia/Shanghai")]),
    ("desk", {**UTC, "zone": "../etc/passwd"}, [("$.zone", "no such time zone")]),
    ("desk", {**UTC, "country": "cn"}, [("$.country", "cn has not the form")]),
    ("desk", {**UTC, "locales": []}, [("$.locales", "at least 1")]),
    ("desk", {**UTC, "prioritys": []}, [("$.prioritys", "nearest valid name is priorities")]),
    ("desk", {**UTC, "tiers": []}, [("$.tiers", "at least 1")]),
    (
        "desk",
        {**UTC, "tiers": [{"code": "vip", "frnt": True}, {"code": "VIP"}, {"code": "vip"}]},
        [
            ("$.tiers[0].frnt", "nearest valid name is front"),
            ("$.tiers[1].code", "VIP has not the form"),
            ("$.tiers[2].code", "vip stands here twice"),
        ],
    ),
    (
        "desk",
        {**UTC, "channels": [{"code": "email"}], "inboxes": [{"code": "a", "channel": "emial"}]},
        [
            (
                "$.inboxes[0].channel",
                "emial is not defined under channels; the nearest that is: email",
            )
        ],
    ),
    (
        "desk",
        {**UTC, "reasons": {"hold": [{"code": "part"}, {"code": "part"}], "close": 7, "clsoe": []}},
        [
            ("$.reasons.close", "tuple"),
            ("$.reasons.clsoe", "nearest valid name is close"),
            ("$.reasons.hold[1].code", "twice"),
        ],
    ),
    ("desk", {**UTC, "extra": {"a": 1.5}}, [("$.extra.a", "fraction")]),
    ("desk", {**UTC, "extra": {"a": [{"$p": []}]}}, [("$.extra.a", "begin with $")]),
    ("desk", {**UTC, "extra": {"a": 2**60}}, [("$.extra.a", "integer")]),
    (
        "ticket-type",
        refund(fields=[{"code": "size", "type": "choise"}, {"code": "size", "type": "choice"}]),
        [
            ("$.fields[0].type", "the nearest is choice"),
            ("$.fields[1].choices", "required"),
            ("$.fields[1].code", "twice"),
        ],
    ),
    (
        "ticket-type",
        refund(fields=[{"code": "a", "type": "text", "choices": [{"code": "b"}, {"code": "b"}]}]),
        [("$.fields[0].choices", "only a field of type"), ("$.fields[0].choices[1].code", "twice")],
    ),
    (
        "ticket-type",
        refund(fields=[{"code": "a", "type": "text", "required": ["close"]}]),
        [("$.fields[0].required[0]", "close is none of open, solve")],
    ),
]


@pytest.mark.parametrize(("noun", "document", "expected"), FAULTS)
def test_every_fault_of_a_document_is_told_at_once_with_its_path(
    noun: str, document: Any, expected: list[tuple[str, str]]
) -> None:
    faults = sorted((one.path, one.sentence()) for one in KINDS[noun].faults(document))
    assert [path for path, _ in faults] == [path for path, _ in expected]
    for (_, told), (_, part) in zip(faults, expected, strict=True):
        assert part in told
    for one in KINDS[noun].faults(document):
        assert "{" not in one.sentence("zh")


@pytest.mark.parametrize(("noun", "document", "expected"), FAULTS)
def test_nothing_is_decided_about_a_document_with_faults(
    noun: str, document: Any, expected: list[tuple[str, str]]
) -> None:
    stream = noun if noun == "desk" else f"{noun}/refund"
    if isinstance(document, dict):
        with pytest.raises(InvalidInput) as wrong:
            Story(stream=stream).configuring().decide(Publish(document=document))
        assert {path for path, _ in wrong.value.facts["problems"]} == {path for path, _ in expected}
