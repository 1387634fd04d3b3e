"""Bad input is told in Chinese too: the catalogue holds what the source says in English."""

import ast
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from deskledger.app.cli.bad_input import in_words, sentences
from deskledger.app.cli.failures import message
from deskledger.app.cli.lookup import unknown
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.files.sqlite_errors import desk_error
from tests.cli.runs import Shell

SOURCE = Path(__file__).parents[2]
FOLDERS = ("app", "consumers", "domain", "eventlog", "projections", "replay")
# For programs that use the library or speak to the owner of the tables, not for people.
LIBRARY = ("eventlog/eventsourcing", "projections/owner", "projections/digests.py")
INNER = {
    "An instant needs a time zone.",
    "An instant is written YYYY-MM-DDTHH:MM:SS.ffffffZ.",
    "A desk needs a UUID in lower case, and at least one lane.",
    "The noun `lane` is kept for control records.",
    "{} is no stream: these are named noun/part/part, in a-z, 0-9, dot, dash and underscore.",
    "{} names no month; write availability/<agent>/<month>, as in 2026-03",
    "{} names no stream; write noun/id with one of {}",
    "the stream is about another month; use {}",
    # Only places and reasons, which are told of elsewhere.
    "{}: {}",
    "{}, {}",
    # Of each noun by itself, below.
    "Several {}s are called {}; name one by its number: {}.",
    "There is no such {}{}; `deskledger {} list` shows those that there are.",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SOMETHING = "§"


def facts(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def text_of(node: ast.expr | None) -> str | None:
    """A text of the source with {} for each fact in it; None for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or "{}" for part in parts)
        case _:
            return None


def given_in(tree: ast.AST) -> dict[str, list[str]]:
    """The texts that each name of a module or a function is given."""
    given: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (text := text_of(node.value)) is not None:
            given.setdefault(ast.unparse(node.targets[0]), []).append(text)
    return given


def told_in(module: ast.Module) -> Iterator[str]:
    """What a module says of bad input: a text, or what its name was given in the function."""
    functions = [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef)]
    for function in functions:
        given = given_in(function)
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Name(id="InvalidInput"), args=[first, *_]):
                    text = text_of(first)
                    yield from given.get(ast.unparse(first), []) if text is None else [text]


def said() -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).rglob("*.py")):
            if not str(path.relative_to(SOURCE)).startswith(LIBRARY):
                yield from told_in(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("sentence", sorted({*said()} - INNER))
def test_what_the_source_says_of_bad_input_is_known_in_chinese(sentence: str) -> None:
    told = sentence.replace("{}", SOMETHING)
    words = in_words(told, "zh")
    assert words is not None
    assert CHINESE.search(words)


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_each_sentence_keeps_its_facts(sentence: str) -> None:
    for language, text in sentences()[sentence].items():
        assert set(facts(text)) <= set(facts(sentence))
        assert bool(CHINESE.search(text)) is (language == "zh")
    told = sentence.format(**{name: f"<{name}>" for name in facts(sentence)})
    words = in_words(told, "zh")
    assert words is not None
    assert {name for name in facts(sentence) if f"<{name}>" in words} >= set(
        facts(sentences()[sentence]["zh"])
    )


@pytest.mark.parametrize("noun", ["ticket", "customer", "agent", "group"])
def test_whatever_is_not_there_or_not_alone_is_told_by_its_noun(noun: str) -> None:
    assert CHINESE.search(message(unknown(noun, "x"), "zh")[:3])
    several = f"Several {noun}s are called 'x'; name one by its number: 1, 2."
    assert noun == "group" or CHINESE.search(message(InvalidInput(several), "zh")[:3])


def test_what_stands_in_the_way_is_told_without_english() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    told = message(desk_error(full, Path("desk/ledger.sqlite")), "zh")
    assert told.startswith("desk/ledger.sqlite：磁盘已满")


def test_a_fact_may_hold_anything() -> None:
    for name in ("", "x{y}", "a\nb", "; `deskledger"):
        told = InvalidInput(f"There is no table {name!r}; `deskledger schema` lists them.")
        assert repr(name) in message(told, "zh")
        assert CHINESE.search(message(told, "zh"))


def test_what_is_not_known_says_what_kind_of_error_it_is() -> None:
    assert message(InvalidInput("quite new"), "zh").endswith("（quite new）")


def test_fields_are_told_in_the_words_of_people(shell: Shell) -> None:
    english = shell.fails(2, "ticket", "open", "--channel", "有 space", "--subject", "")
    assert "channel: write a code: small letters" in english
    assert "subject: the text is empty" in english
    chinese = shell.fails(2, "--language", "zh", "ticket", "open", "--channel", "x x")
    assert "channel：请写代码" in chinese
    assert "Value error" not in shell.fails(2, "ticket", "classify", "1")
