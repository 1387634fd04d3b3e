"""Personal values sealed inside events, and opened again.

No other object of an event has a key that begins with `$`, so a reader finds sealed values without
knowing the type.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskledger.domain.shapes import Erased
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.vault.sealed_value import (
    NONCE_BYTES,
    SEALED,
    UNREADABLE,
    DataKey,
    binding,
    does_not_open,
    key_id,
    open_value,
    seal_value,
)

_EACH = "*"

JsonObject = dict[str, Any]
_Seal = Callable[[Any, str], Any]


class PersonalPath(Protocol):
    """Where a type of event has a personal value, and which key seals it."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of fields; `*` stands for every item of a list and every name of a map."""

    @property
    def purpose(self) -> str:
        """`text` or `attachment` for a key of its own, `subject` for that of the person."""


class Keys(Protocol):
    """Where the keys for new values come from."""

    def subject_keys(self, subjects: Collection[str]) -> dict[str, DataKey]:
        """The key of each subject, made if it has none."""

    def text_key(self, subject: str) -> DataKey:
        """A fresh key for one interaction's text."""

    def attachment_key(self, subject: str) -> DataKey:
        """A fresh key for one attachment."""


class Sealer:
    """Seals the personal values of events with the keys of a vault."""

    def __init__(self, keys: Keys, token_bytes: Callable[[int], bytes] = random_bytes) -> None:
        self._keys = keys
        self._token_bytes = token_bytes

    def prepare(self, subjects: Collection[str]) -> None:
        """Makes the keys of new subjects with one write, instead of one each."""
        self._keys.subject_keys(subjects)

    def seal(
        self, stream: str, event: JsonObject, paths: Sequence[PersonalPath], subject: str
    ) -> JsonObject:
        """The event with every value at `paths` sealed; null stays null. The given one is kept.

        Args:
            stream: the stream that the event is to stand in.
            event: its JSON object, in plain text.
            paths: where its type has personal values.
            subject: the stream of the person whose key seals what is no text or attachment.

        Raises:
            Unavailable: a new key could not be stored.
        """
        sealed: JsonObject = {}
        for path in paths:
            name, *inner = path.parts
            value = sealed.get(name, event.get(name))
            # Most events have nothing to seal; an empty list or map holds no item to seal either.
            if value is not None and (value or not inner):
                context = binding(stream, event["type"])
                seal = self._sealing(context, path.purpose, subject)
                sealed[name] = _replaced(value, inner, f"/{_escaped(name)}", seal)
        return {**event, **sealed} if sealed else event

    def _sealing(self, context: bytes, purpose: str, subject: str) -> _Seal:
        """What seals a value at a place, with the key that its purpose calls for."""

        def seal(value: Any, place: str) -> JsonObject:
            # Only now: a key that nothing needs must not be made.
            key = self._key(purpose, subject)
            return seal_value(key, self._token_bytes(NONCE_BYTES), context + place.encode(), value)

        return seal

    def _key(self, purpose: str, subject: str) -> DataKey:
        if purpose == "text":
            return self._keys.text_key(subject)
        if purpose == "attachment":
            return self._keys.attachment_key(subject)
        return self._keys.subject_keys((subject,))[subject]


def key_ids(event: JsonObject) -> set[bytes]:
    """The ids of all keys that the sealed values of an event need.

    Raises:
        LedgerDamaged: a sealed value has not the form of one.
    """
    try:
        return {key_id(sealed[0]) for sealed in _sealed_in(event)}
    except UNREADABLE as error:
        kind = event.get("type")
        raise LedgerDamaged(f"A sealed value of an event {kind} has no key.", type=kind) from error


def unseal(stream: str, event: JsonObject, keys: Mapping[bytes, bytes]) -> JsonObject:
    """The event with every sealed value opened, or `Erased` where `keys` has no key for it.

    Raises:
        LedgerDamaged: a value does not open with its own key, so it was changed or moved.
    """
    context = binding(stream, event["type"])

    def opened(value: Any, pointer: str) -> Any:
        if type(value) is list:
            return [opened(item, f"{pointer}/{index}") for index, item in enumerate(value)]
        if type(value) is not dict:
            return value
        if SEALED in value:
            return _opened(value[SEALED], context + pointer.encode(), keys)
        return {
            name: opened(item, f"{pointer}/{_escaped(name)}")
            if type(item) is dict or type(item) is list
            else item
            for name, item in value.items()
        }

    unsealed: JsonObject = opened(event, "")
    return unsealed


def _opened(sealed: list[str], bound_to: bytes, keys: Mapping[bytes, bytes]) -> Any:
    try:
        key = keys.get(key_id(sealed[0]))
    except UNREADABLE as error:
        raise does_not_open(bound_to) from error
    return Erased() if key is None else open_value(AESGCM(key), sealed, bound_to)


def _replaced(value: Any, parts: Sequence[str], pointer: str, seal: _Seal) -> Any:
    """A copy of `value` with `seal` applied where `parts` lead; what lies beside is shared."""
    if value is None:
        return None
    if not parts:
        return seal(value, pointer)
    part, rest = parts[0], parts[1:]
    if part != _EACH:
        inner = _replaced(value.get(part), rest, f"{pointer}/{_escaped(part)}", seal)
        return value if inner is None else {**value, part: inner}
    if type(value) is dict:
        return {
            name: _replaced(item, rest, f"{pointer}/{_escaped(name)}", seal)
            for name, item in value.items()
        }
    return [_replaced(item, rest, f"{pointer}/{index}", seal) for index, item in enumerate(value)]


def _sealed_in(value: Any) -> Iterator[list[str]]:
    if type(value) is dict:
        if SEALED in value:
            yield value[SEALED]
            return
        value = value.values()
    for item in value:
        if type(item) is dict or type(item) is list:
            yield from _sealed_in(item)


def _escaped(name: str) -> str:
    """A name as a part of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name
