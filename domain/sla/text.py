"""The JSON text of a file, read strictly: one meaning only, in bounded time and memory."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from deskledger.domain.sla.faults import Fault, Faulty, named, path_of, shown

BYTES_MAX = 8 * 1024 * 1024
"""Longer files are refused before they are read."""

DEPTH_MAX = 32
VALUES_MAX = 250_000
"""So many names and values may stand in a file; each could have a fault."""


class _Doubled(dict[str, Any]):
    """An object in which a key stands twice; `key` is the first such."""

    key = ""


class _NotJson(ValueError):
    """A constant that JavaScript knows and JSON does not."""


def parse_text(data: bytes) -> Any:
    """What a text of JSON holds.

    Raises:
        Faulty: it is too long, no UTF-8, no JSON, nested too deeply, or a key stands twice.
    """
    if len(data) > BYTES_MAX:
        raise Faulty([Fault("$", "file_too_long", {"limit": BYTES_MAX})])
    try:
        parsed = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_constant)
        json.dumps(parsed, ensure_ascii=False).encode()
    except RecursionError:
        raise Faulty([Fault("$", "too_deep", {"limit": DEPTH_MAX})]) from None
    except ValueError as error:
        raise Faulty([_not_json(error)]) from None
    walk = _Walk()
    walk.into(parsed, ())
    if walk.faults:
        raise Faulty(named(walk.faults))
    return parsed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    doubled = _Doubled(made)
    doubled.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


def _constant(name: str) -> NoReturn:
    raise _NotJson(name)


def _not_json(error: ValueError) -> Fault:
    match error:
        case json.JSONDecodeError():
            return Fault("$", "not_json", {"line": error.lineno, "column": error.colno})
        case _NotJson():
            return Fault("$", "not_json_value", {"name": str(error)})
        case UnicodeError():
            return Fault("$", "not_utf8", {})
        case _:
            return Fault("$", "number_too_long", {})


class _Walk:
    """Finds keys that stand twice, what is nested too deeply, and too much of anything."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._count = 0

    def into(self, value: Any, place: tuple[str | int, ...]) -> None:
        """Walk through a value and all that stands in it, until there is too much."""
        if not isinstance(value, dict | list):
            return
        before, self._count = self._count, self._count + len(value)
        if self._count > VALUES_MAX:
            if before <= VALUES_MAX:
                self.faults.append(Fault("$", "too_many_values", {"limit": VALUES_MAX}))
        elif len(place) > DEPTH_MAX:
            self.faults.append(Fault("$", "too_deep", {"limit": DEPTH_MAX}))
        elif isinstance(value, dict):
            self._into_object(value, place)
        else:
            for index, inner in enumerate(value):
                self.into(inner, (*place, index))

    def _into_object(self, value: dict[str, Any], place: tuple[str | int, ...]) -> None:
        if isinstance(value, _Doubled):
            path = path_of(*place, value.key)
            self.faults.append(Fault(path, "key_twice", {"name": shown(value.key)}))
        for key, inner in value.items():
            self.into(inner, (*place, key))
