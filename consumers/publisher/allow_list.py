"""The allow-list: which events the feed publishes, and which of their fields."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter, ValidationError

from deskledger.consumers.publisher.allow_checks import EventName, event_type, troubles
from deskledger.consumers.publisher.field_paths import FieldPath, split
from deskledger.domain.errors import InvalidInput, invalid_input
from deskledger.domain.shapes import Frozen

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Allowed:
    """The fields of an event that are published.

    Attributes:
        plain: as they are stored.
        personal: opened; null once the value was erased.
    """

    plain: frozenset[FieldPath]
    personal: frozenset[FieldPath]


@dataclass(frozen=True, slots=True)
class AllowList:
    """What is published; an event that is not named is withheld.

    Attributes:
        events: by name, in the order of the list.
        fingerprint: the same for two lists that allow the same, whatever their layout.
    """

    events: Mapping[EventName, Allowed]
    fingerprint: str

    @property
    def opens_personal(self) -> bool:
        """Whether any personal value is published, so that keys are needed."""
        return any(allowed.personal for allowed in self.events.values())


class _Entry(Frozen):
    fields: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


_NOUNS = TypeAdapter(dict[str, dict[str, dict[str, _Entry]]])


@cache
def shipped_allow_list() -> AllowList:
    """The list that holds where a desk states none: no notes, no personal values."""
    text = files(__package__).joinpath("allow_list.toml").read_text(encoding="utf-8")
    return read_allow_list(text)


def read_allow_list(text: str) -> AllowList:
    """The allow-list that a TOML text states.

    Raises:
        InvalidInput: it is none; the fact `problems` lists every place and what is wrong there.
    """
    events: dict[EventName, Allowed] = {}
    problems: list[tuple[str, str]] = []
    for noun, types in _nouns(text).items():
        for name, versions in types.items():
            for version, entry in versions.items():
                place = f"{noun}.{name}.{version}"
                found = event_type(noun, name, version)
                if isinstance(found, str):
                    problems.append((place, found))
                    continue
                plain, personal = _split(entry.fields), _split(entry.personal)
                problems += ((place, told) for told in troubles(plain, personal, found[1]))
                events[found[0]] = Allowed(frozenset(plain), frozenset(personal))
    if problems:
        told = "; ".join(f"{place}: {reason}" for place, reason in problems)
        raise InvalidInput(f"The allow-list is not valid: {told}.", problems=tuple(problems))
    return AllowList(events, _fingerprint(events))


def _nouns(text: str) -> dict[str, dict[str, dict[str, _Entry]]]:
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"The allow-list is no valid TOML: {error}.") from error
    if stated.pop("format", None) != FORMAT:
        raise InvalidInput(f"The allow-list must begin with `format = {FORMAT}`.")
    try:
        return _NOUNS.validate_python(stated)
    except ValidationError as error:
        raise invalid_input(error) from error


def _split(stated: Sequence[str]) -> list[FieldPath]:
    return [split(one) for one in stated]


def _fingerprint(events: Mapping[EventName, Allowed]) -> str:
    lines = [
        f"{name} {kind} {'.'.join(path)}"
        for name, allowed in events.items()
        for kind, paths in (("plain", allowed.plain), ("personal", allowed.personal))
        for path in (paths or {()})
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
