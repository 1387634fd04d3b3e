"""The Chinese texts call each thing of service levels by the one word that the docs state."""

import re
from pathlib import Path

import pytest

from deskledger.app.cli.texts import catalogue, read_texts
from deskledger.domain.refusals import SENTENCES

DOCS = Path(__file__).parents[2] / "docs" / "service-levels.md"
MACHINE = {"doctor.clock"}
"""The texts about a machine's clock, which is no clock of service levels."""
OTHER_WORDS = ("时钟", "逾期", "超期", "期限", "公共假日", "分派", "移交")
"""What is called otherwise in the table of terms, or in the names of events."""


def chinese() -> dict[str, str]:
    said = {name: text["zh"] for name, text in catalogue().items() if name not in MACHINE}
    said |= {name: text["zh"] for name, text in read_texts("bad_input.toml").items()}
    return said | {code: text["zh"] for code, text in SENTENCES.items()}


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_a_thing_has_one_word_in_chinese(word: str) -> None:
    assert [name for name, text in chinese().items() if word in text] == []


def terms() -> list[tuple[str, str]]:
    """The rows of the table of terms: English, and the words that Chinese texts use for it."""
    part = DOCS.read_text(encoding="utf-8").partition("## Terms in English and Chinese")[2]
    return re.findall(r"^\| ([a-z ,]+) \| ([^|a-z]+) \|$", part, re.MULTILINE)


def test_the_words_of_the_table_of_terms_are_those_that_are_said() -> None:
    said = "\n".join(chinese().values())
    assert len(terms()) >= 15
    assert [word for _, words in terms() for word in words.split("、") if word not in said] == []
