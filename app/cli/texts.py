"""What the command line says to people, in English and Chinese: the catalogue in `texts.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Texts = Mapping[str, Mapping[str, str]]


@cache
def catalogue() -> Texts:
    """Every text by its name and language; the names of its facts stand in braces."""
    return read_texts("texts.toml")


def read_texts(file: str) -> Texts:
    """The texts in a file of this package."""
    return tomllib.loads(files(__package__).joinpath(file).read_text(encoding="utf-8"))


def say(language: str, text: str, /, **facts: Any) -> str:
    """The text of a name in a language, with its facts filled in."""
    return catalogue()[text][language].format(**facts)


def in_language(names: Mapping[str, str], language: str) -> str | None:
    """What people have named a thing in a language; None where they have not.

    Args:
        names: by locale, such as `zh-Hans`; of several of one language the first counts.
        language: as `en` or `zh`.
    """
    return next((n for tag, n in names.items() if tag.split("-")[0].lower() == language), None)


def code_name(language: str, kind: str, code: str) -> str:
    """What people read for a fixed code such as a status; open codes are shown as they are."""
    texts = catalogue().get(f"{kind}.{code}")
    return code if texts is None else texts[language]
