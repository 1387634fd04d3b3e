"""What is wrong with a policy, a calendar or a scenario: where, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from deskledger.domain.errors import InvalidInput
from deskledger.domain.sla.places import Place, place_of

NAME_SHOWN_MAX = 80
NEAR_MAX = 40
"""Longer names are compared with no others: the work grows with the square of their length."""

FAULTS_MAX = 200
"""As many faults are named; that there are more is then a fault of its own."""

_PLAIN = re.compile(r"[\w-]+")
_CODES = {
    "missing": "missing",
    "string_type": "not_text",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "bool_type": "not_boolean",
    "int_type": "not_integer",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "tuple_type": "not_list",
    "dict_type": "not_object",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
}


class Fault(NamedTuple):
    """One thing that is wrong.

    Attributes:
        path: JSON path such as `$.policies[0].targets[2].within`.
        code: which kind of fault; the command line has a sentence for each in every language.
        facts: what the sentence names.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


class Faulty(InvalidInput):
    """What was read is not valid; correct what is named.

    Attributes:
        faults: where, and why.
        name: the id that it states for itself; None where none can be read.
    """

    def __init__(self, faults: list[Fault], name: str | None = None) -> None:
        problems = tuple((fault.path, fault.code) for fault in faults)
        super().__init__("; ".join(f"{path}: {code}" for path, code in problems), problems=problems)
        self.faults = faults
        self.name = name


def wrong(code: str, **facts: Any) -> PydanticCustomError:
    """The fault of a value, to be raised while a model is validated."""
    told = code.replace("_", " ")
    return PydanticCustomError("own", "{told}", {"told": told, "code": code, "facts": facts})


AMONG = "among"
"""Stands, among the facts of an unknown name, for the function that gives all valid ones."""


def at_most(limit: int) -> BeforeValidator:
    """Refuses a longer list or object before any of its entries is looked at."""

    def bounded(value: Any) -> Any:
        if isinstance(value, list | dict) and len(value) > limit:
            raise wrong("too_many", max_length=limit)
        return value

    return BeforeValidator(bounded)


def path_of(*parts: str | int) -> str:
    """A JSON path from the root; a name that is no plain word stands in brackets."""
    return "$" + "".join(map(_part, parts))


def _part(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _PLAIN.fullmatch(part) else f"[{shown(part)}]"


def shown(name: object) -> str:
    """A name as a message shows it: in quotes, cut where it is long, without raw controls."""
    text = str(name)
    cut = text if len(text) <= NAME_SHOWN_MAX else text[:NAME_SHOWN_MAX] + "…"
    return json.dumps(cut, ensure_ascii=not cut.isprintable())


def unknown(path: str, code: str, name: object, valid: Iterable[str]) -> Fault:
    """The fault of a name that is none of the valid ones; it tells the one most like it."""
    known = sorted(valid)
    near = _nearest(str(name), known)
    facts = {"name": shown(name), "choices": ", ".join(known) or "–"}
    if near is None:
        return Fault(path, code, facts)
    return Fault(path, f"{code}_like", facts | {"near": near})


def _nearest(name: str, known: list[str]) -> str | None:
    """The valid name most like another; none for what is too long to be a slip."""
    if len(name) > NEAR_MAX:
        return None
    near = get_close_matches(name, [one for one in known if len(one) <= NEAR_MAX], n=1)
    return near[0] if near else None


def named(faults: Iterable[Fault]) -> list[Fault]:
    """The faults, or the first of so many that nobody would read them all."""
    first = list(islice(faults, FAULTS_MAX + 1))
    more = [Fault("$", "more_faults", {"limit": FAULTS_MAX})]
    return first if len(first) <= FAULTS_MAX else first[:FAULTS_MAX] + more


def faults_of(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """The faults that the validation of a model found, in the order of the model's fields."""
    return named(_fault(one, model) for one in error.errors(include_url=False))


def _fault(one: ErrorDetails, model: type[BaseModel]) -> Fault:
    place = place_of(model, one["loc"])
    context = one.get("ctx", {})
    match one["type"]:
        case "own":
            return _own(path_of(*place.parts), context["code"], context["facts"])
        case "extra_forbidden":
            return unknown(path_of(*place.parts), "unknown_key", place.parts[-1], place.keys)
        case "literal_error":
            return unknown(path_of(*place.parts), "unknown_name", one["input"], place.choices)
        case "union_tag_invalid" | "union_tag_not_found":
            return _tag_fault(one, place)
        case kind:
            facts = {name: value for name, value in context.items() if name in _NUMBERS}
            return Fault(path_of(*place.parts), _CODES.get(kind, "invalid"), facts)


def _own(path: str, code: str, facts: Mapping[str, Any]) -> Fault:
    """A fault of our own; only those that are told look for the valid name most like theirs."""
    if AMONG not in facts:
        return Fault(path, code, facts)
    return unknown(path, code, facts["name"], facts[AMONG]())


_NUMBERS = {"ge", "le", "max_length"}


def _tag_fault(one: ErrorDetails, place: Place) -> Fault:
    """The fault of a step that does not say, or says wrongly, what is done."""
    path = path_of(*place.parts, "do")
    if not isinstance(one["input"], dict):
        return Fault(path_of(*place.parts), "not_object", {})
    if "do" not in one["input"]:
        return Fault(path, "missing", {})
    return unknown(path, "unknown_name", one["input"]["do"], place.tags)
