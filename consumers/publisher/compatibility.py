"""Whether a schema still keeps what an earlier one promised: fields are only added."""

from collections.abc import Iterator
from typing import Any

_FREE = frozenset({"description", "title", "$schema", "$id"})


def broken_promises(released: Any, current: Any, place: str = "") -> Iterator[str]:
    """What a subscriber that was written for `released` may stumble over in `current`.

    New fields are fine, and so are fewer codes in a closed set; a field that is gone, or may be
    missing, or may hold something else, is not.

    Yields:
        A sentence for each, which begins with the place.
    """
    if isinstance(released, dict) and isinstance(current, dict):
        for name in (released.keys() | current.keys()) - _FREE:
            yield from _broken(name, released.get(name), current.get(name), place)
    elif released != current:
        yield f"{place or 'the schema'} was {released!r} and is {current!r}"


def _broken(name: str, released: Any, current: Any, place: str) -> Iterator[str]:
    inner = f"{place}/{name}"
    match name:
        case "properties":
            for field in released or {}:
                if field not in (current or {}):
                    yield f"{inner}/{field} is gone"
                else:
                    yield from broken_promises(released[field], current[field], f"{inner}/{field}")
        case "required":
            for field in sorted(set(released or ()) - set(current or ())):
                yield f"{place}/properties/{field} may be missing"
        case "enum" if current is not None:
            for code in sorted(set(current) - set(released or current)):
                yield f"{place} may be {code!r}"
        case _ if isinstance(released, list) and isinstance(current, list):
            yield from _broken_items(released, current, inner)
        case _:
            yield from broken_promises(released, current, inner)


def _broken_items(released: list[Any], current: list[Any], place: str) -> Iterator[str]:
    if len(released) != len(current):
        yield f"{place} has other alternatives"
        return
    for index, (before, after) in enumerate(zip(released, current, strict=True)):
        yield from broken_promises(before, after, f"{place}/{index}")
