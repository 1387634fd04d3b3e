"""What is said of bad input, in the words of people: the catalogue in `bad_input.toml`.

Bad input is found all over the desk, and told in English where it is found. Chinese, and what can
be said better in English, is looked up by the sentence itself; a test holds the two together.
"""

import re
from collections.abc import Iterable
from functools import cache

from deskledger.app.cli.texts import Texts, read_texts

_FACT = re.compile(r"\{(\w+)\}")
# Pydantic puts it before what a validator of ours says.
_PREFIX = "Value error, "


@cache
def sentences() -> Texts:
    """What is said for each English sentence, by language; facts are named in braces."""
    return read_texts("bad_input.toml")


def in_words(told: str, language: str) -> str | None:
    """What is said for an English sentence in a language; None where nothing better is known.

    Of several sentences that it could be, the one with the most words of its own.
    """
    stated = told.removeprefix(_PREFIX)
    found = ((sentence, form.fullmatch(stated)) for sentence, form in _forms())
    known = next(((sentence, match) for sentence, match in found if match), None)
    if known is None:
        return None
    sentence, match = known
    text = sentences()[sentence].get(language)
    return stated if text is None else text.format(**match.groupdict())


def problems_in_words(problems: Iterable[tuple[str, str]], language: str) -> str:
    """Each field and what is wrong with it."""
    colon, semicolon = ("：", "；") if language == "zh" else (": ", "; ")
    told = [(place, in_words(reason, language) or reason) for place, reason in problems]
    return semicolon.join(f"{place}{colon}{reason}" if place else reason for place, reason in told)


@cache
def _forms() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence and what it looks like, those with the most words of their own first."""
    ordered = sorted(sentences(), key=lambda one: -len(_FACT.sub("", one)))
    return [(sentence, re.compile(_form(sentence), re.DOTALL)) for sentence in ordered]


def _form(sentence: str) -> str:
    """What a sentence looks like with any facts; braces of its own are doubled."""
    parts = re.split(r"(?<!\{)\{(\w+)\}(?!\})", sentence)
    plain = [re.escape(part.replace("{{", "{").replace("}}", "}")) for part in parts[::2]]
    facts = [f"(?P<{name}>.*?)" for name in parts[1::2]]
    return "".join(map(str.__add__, plain, [*facts, ""]))
