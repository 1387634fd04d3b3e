"""Arguments that cannot be understood: what is wrong is told in the language asked for."""

import json
import re

import pytest

from deskledger.app.cli.texts import catalogue, say
from deskledger.app.cli.usage import usage_message
from tests.cli.runs import Shell

CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUEUES = "'agent', 'group', 'intake'"
# Per text: arguments, where they are read on about, and what the text names.
WRONG: dict[str, tuple[list[str], str, dict[str, str]]] = {
    "missing_choice": (
        ["ticket", "call", "1"],
        "ticket call",
        {"name": "'--direction'", "choices": "in, out"},
    ),
    "missing_option": (["init"], "init", {"name": "'--zone'"}),
    "missing_argument": (["ticket", "show"], "ticket show", {"name": "'TICKET'"}),
    "missing_command": (["ticket"], "ticket", {}),
    "command_like": (["tikcet"], "", {"name": "'tikcet'", "names": "'ticket'"}),
    "no_command": (["ticket", "fly"], "ticket", {"name": "'fly'"}),
    "option_like": (["queue", "--limitt", "9"], "queue", {"name": "--limitt", "names": "--limit"}),
    "no_option": (["queue", "-x"], "queue", {"name": "-x"}),
    "value_missing": (["queue", "--limit"], "", {"name": "'--limit'"}),
    "value_unasked": (["queue", "--waiting=no"], "", {"name": "'--waiting'"}),
    "too_many": (["ticket", "show", "1", "x", "y"], "ticket show", {"arguments": "x y"}),
    "choice": (
        ["queue", "--queue", "mine"],
        "queue",
        {"name": "'--queue'", "value": "'mine'", "choices": QUEUES},
    ),
    "integer": (["queue", "--limit", "many"], "queue", {"name": "'--limit'"}),
    "at_least": (["queue", "--limit", "0"], "queue", {"name": "'--limit'", "limit": "1"}),
    "at_most": (["queue", "--limit", "1001"], "queue", {"name": "'--limit'", "limit": "1000"}),
    "no_text": (["ticket", "show", "\udcff"], "", {"place": "5"}),
}


def test_every_text_about_arguments_is_reached_below() -> None:
    texts = {name.partition(".")[2] for name in catalogue() if name.startswith("usage.")}
    assert texts == {*WRONG, "other", "try"}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_wrong_is_told_in_the_language_of_the_settings(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    monkeypatch.setenv("DESKLEDGER_LANGUAGE", language)
    arguments, command, stated = WRONG[name]
    facts = {name: fact.replace(", ", say(language, "list.part")) for name, fact in stated.items()}
    told = shell.fails(2, *arguments).splitlines()
    assert told[0] == say(language, "error", message=say(language, f"usage.{name}", **facts))
    assert all(f"{command} --help" in line for line in told[1:])
    assert bool(CHINESE.search(told[0])) == (language == "zh")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--language", "zh", "tikcet"],
        ["--language=zh", "queue", "--limit", "0"],
        ["queue", "--limit", "0", "--language", "zh"],
        ["--language", "en", "queue", "--limit", "0", "--language", "zh"],
        ["--language", "zh", "queue", "--language", "fr"],
    ],
)
def test_the_language_is_found_among_arguments_that_are_wrong(
    shell: Shell, arguments: list[str]
) -> None:
    assert CHINESE.search(shell.fails(2, *arguments))


def test_what_is_stated_goes_before_the_settings(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLEDGER_LANGUAGE", "zh")
    assert not CHINESE.search(shell.fails(2, "--language", "en", "tikcet"))


def test_where_the_settings_are_wrong_too_it_is_told_in_english(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLEDGER_LANGUAGE", "fr")
    assert not CHINESE.search(shell.fails(2, "tikcet"))


def test_a_script_reads_it_as_json_in_the_same_language(shell: Shell) -> None:
    told = json.loads(shell.fails(2, "--json", "--language", "zh", "init"))
    message = say("zh", "usage.missing_option", name="'--zone'")
    assert told == {"error": "InvalidInput", "message": message, "facts": {}}


def test_words_that_are_not_known_are_shown_as_they_are() -> None:
    assert usage_message("Something {new}\n\tis wrong.", "en") == "Something {new} is wrong."
    assert usage_message("Something {new}.", "zh").endswith("（Something {new}.）")
