"""What is wrong with a document: each fault with its JSON path, in the languages of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple

Location = tuple[str | int, ...]

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "missing": {"en": "this is required", "zh": "此项必填"},
        "unknown_name": {
            "en": "there is no {name} here; the nearest valid name is {nearest}",
            "zh": "此处没有 {name}；最接近的有效名称是 {nearest}",
        },
        "unknown_choice": {
            "en": "{value} is none of {choices}; the nearest is {nearest}",
            "zh": "{value} 不在 {choices} 之中；最接近的是 {nearest}",
        },
        "not_defined": {
            "en": "{value} is not defined under {where}; the nearest that is: {nearest}",
            "zh": "{where} 中没有定义 {value}；最接近的是 {nearest}",
        },
        "twice": {"en": "{value} stands here twice", "zh": "{value} 重复出现"},
        "of_no_format": {
            "en": "documents are published in format {newest}",
            "zh": "文档须以格式 {newest} 发布",
        },
        "no_object": {"en": "this is no JSON object", "zh": "这不是 JSON 对象"},
        "wrong_form": {
            "en": "{value} has not the form that a name or code has here",
            "zh": "{value} 不符合此处名称或代码的格式",
        },
        "rule": {"en": "{message}", "zh": "不符合要求（{message}）"},
    }
)


class Fault(NamedTuple):
    """One thing that is wrong.

    Attributes:
        path: where, as ``$.priorities[2].code``.
        problem: a name of ``SENTENCES``.
        facts: what fills its sentence in.
    """

    path: str
    problem: str
    facts: Mapping[str, Any]

    def sentence(self, language: str = "en") -> str:
        """What is wrong, in a language; what is not Chinese is answered in English."""
        spoken = "zh" if language.lower().startswith("zh") else "en"
        return SENTENCES[self.problem][spoken].format_map(self.facts)


def fault(place: Location, problem: str, /, **facts: Any) -> Fault:
    """A fault at a place, which is given as the names and indexes that lead there."""
    return Fault(json_path(place), problem, facts)


def json_path(place: Location) -> str:
    """The JSON path of a place: names behind dots, indexes in brackets."""
    return "$" + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in place)


def nearest(stated: str, valid: Iterable[str]) -> str | None:
    """The valid name that is most like a stated one; None where there is no valid name."""
    found = get_close_matches(stated, sorted(valid), n=1, cutoff=0.0)
    return found[0] if found else None
