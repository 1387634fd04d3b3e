"""Published documents stay readable for ever: one golden file for each format of each kind.

A golden file lists documents as they were stored, and is never edited once its format is released.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.configuration.documents import KINDS

GOLDEN = Path(__file__).parent / "golden_documents"
FORMATS = [
    (noun, number)
    for noun, kind in KINDS.items()
    for number in sorted({*kind.upcasters, kind.format})
]


def examples(noun: str, number: int) -> list[dict[str, Any]]:
    text = (GOLDEN / f"{noun}.{number}.json").read_text(encoding="utf-8")
    stored: list[dict[str, Any]] = json.loads(text)
    return stored


def test_every_format_has_a_golden_file_and_no_file_is_left_over() -> None:
    expected = {f"{noun}.{number}.json" for noun, number in FORMATS}
    assert {path.name for path in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize(("noun", "number"), FORMATS)
def test_a_stored_document_is_read_for_ever_and_can_be_published_again(
    noun: str, number: int
) -> None:
    kind = KINDS[noun]
    for stored in examples(noun, number):
        assert stored["format"] == number
        document = kind.read(stored)
        assert kind.faults(document.written()) == []
        assert kind.read(document.written()) == document
        if number == kind.format:
            assert json.dumps(document.written()) == json.dumps(stored)


@pytest.mark.parametrize("noun", KINDS)
def test_every_member_of_the_newest_format_stands_in_its_golden_file(noun: str) -> None:
    kind = KINDS[noun]
    assert set().union(*examples(noun, kind.format)) == set(kind.model.model_fields)
