"""How two versions of a desk's service levels differ, by the names that people gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from deskledger.domain.configuration.service_policy import ServicePolicy


class Difference(NamedTuple):
    """One thing that differs.

    Attributes:
        place: names from the outside in, such as ``policies, gold, targets, resolution, within``.
        change: `order` is that of the policies, which are tried in it.
        before: as the document writes it; None where there was nothing.
        after: as the document writes it; None where there is nothing any more.
    """

    place: tuple[str, ...]
    change: Literal["added", "dropped", "changed", "order"]
    before: Any
    after: Any


def differences(before: ServicePolicy | None, after: ServicePolicy) -> list[Difference]:
    """What a version changes of the one before it; against nothing, all of it is added.

    Calendars, policies, targets and marks are compared by name, wherever they stand. A policy whose
    name is not the first of its kind has a number behind it.
    """
    old, new = _tree(before), _tree(after)
    return [*_between(old, new, ()), *_order(list(old["policies"]), list(new["policies"]))]


def _between(old: Any, new: Any, place: tuple[str, ...]) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            yield from _between(old.get(name), new.get(name), (*place, name))
    elif old is None and new is not None:
        yield Difference(place, "added", None, new)
    elif new is None and old is not None:
        yield Difference(place, "dropped", old, None)
    elif old != new:
        yield Difference(place, "changed", old, new)


def _order(old: list[str], new: list[str]) -> Iterator[Difference]:
    """The order of the policies that stay, where it is another."""
    stayed = [name for name in old if name in new]
    if stayed != [name for name in new if name in old]:
        yield Difference(("policies",), "order", old, new)


def _tree(document: ServicePolicy | None) -> dict[str, Any]:
    """A document in which everything that has a name stands under it."""
    if document is None:
        return {"calendars": {}, "policies": {}, "public_days": {}}
    written = document.written()
    policies: dict[str, Any] = {}
    for policy in written["policies"]:
        targets = {target["metric"]: _target(target) for target in policy["targets"]}
        named = {**_without(policy, "name"), "targets": targets}
        policies[_free(policy["name"], policies)] = named
    return {**_without(written, "format"), "policies": policies}


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    marks = {mark["name"]: _without(mark, "name") for mark in target["marks"]}
    return {**_without(target, "metric"), "marks": marks}


def _without(written: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in written.items() if name != key}


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """The name, with a number behind it where others have it already."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} #{number}"
    return free
