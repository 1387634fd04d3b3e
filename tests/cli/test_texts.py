"""The catalogue: every text in both languages, with the same facts in it."""

import re
from pathlib import Path
from string import Formatter

import pytest

from deskledger.app.cli import demo, program
from deskledger.app.cli.failures import message
from deskledger.app.cli.lists import pages, queue
from deskledger.app.cli.texts import catalogue
from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.domain.streams import STREAM_TYPES, UnknownEvent
from deskledger.domain.ticket.status import Status
from deskledger.eventlog import errors
from deskledger.eventlog.errors import Conflict

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKS = {"list.part", "list.fact", "list.value"}
UNTRANSLATED = {"import.reason", "aside", "explain.by", "explain.date", "explain.time"} | MARKS


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_text_says_the_same_in_both_languages(name: str) -> None:
    text = catalogue()[name]
    assert set(text) == {"en", "zh"}
    assert facts(text["en"]) == facts(text["zh"])
    assert not CHINESE.search(text["en"])
    assert CHINESE.search(text["zh"]) or name in UNTRANSLATED


def test_every_status_event_and_noun_has_a_name() -> None:
    events = {name for kind in STREAM_TYPES.values() for name, _ in kind.events}
    shown = events - {"Published", "Withdrawn", "IdentityMoved"}
    wanted = {f"event.{name}" for name in shown} | {f"status.{one.value}" for one in Status}
    wanted |= {f"noun.{noun}" for noun in STREAM_TYPES}
    assert wanted <= set(catalogue())


def test_every_kind_of_error_is_told_in_chinese() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    for kind in (*kinds, InvalidInput, Conflict, UnknownEvent):
        assert issubclass(kind, DeskError)
        assert CHINESE.search(message(kind("told"), "zh"))
        assert message(kind("told"), "en") == "told"


def test_every_text_that_is_said_is_there() -> None:
    folder = Path(program.__file__).parent
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))]
    said = {
        name
        for text in sources
        for name in re.findall(r'(?:say|bar|_head)\([^()"]*"([a-z_.]+)"', text)
    }
    assert said - set(catalogue()) == set()


def test_every_column_and_field_that_is_shown_has_a_name() -> None:
    columns = {*queue.COLUMNS, *pages.TICKET_COLUMNS, *pages.CUSTOMER_COLUMNS}
    assert {f"column.{name}" for name in columns} <= set(catalogue())
    assert {name for name, _ in demo.TRIES} <= set(catalogue())
