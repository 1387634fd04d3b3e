"""Sealed values opened for the tables of personal values, with keys fetched for many at once."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskledger.eventlog.base64url import every_from_base64url
from deskledger.eventlog.vault.sealed_value import UNREADABLE, binding, key_id, open_value

DataKeys = Callable[[Collection[bytes]], Mapping[bytes, bytes]]
"""The keys of those ids that still exist."""

Parts = Sequence[str]
"""Key id, nonce and ciphertext of a sealed value, as they stand behind its `$p`."""

Sealed = Mapping[str, Parts]
Place = tuple[str, ...]
Row = tuple[Any, ...]

EventValues = tuple[str, int, int, str, Sequence[tuple[Place, str, Parts]]]
"""Stream and its number, version and type of an event with its sealed values, each with the place
where it is to stand in JSON and with its JSON Pointer in the event."""

ContactValues = tuple[
    str,
    int,
    int,
    str,
    Parts | None,
    Parts | None,
    str,
    Parts | None,
    Parts | None,
    Sequence[tuple[str, str, Parts]],
]
"""Stream and its number, version and type of a contact with its sealed values: text, sender,
recipients behind their JSON Pointer, copies; and of each attachment the id, pointer and name."""

ERASED = {"$erased": True}
"""Stands in JSON where a value was whose key has been destroyed."""


def no_keys(_ids: Collection[bytes]) -> Mapping[bytes, bytes]:
    """Keys of nothing: every sealed value reads as erased."""
    return {}


class Unsealer:
    """Opens sealed values; remembers the keys of one micro-batch, no longer."""

    def __init__(self, data_keys: DataKeys) -> None:
        self._data_keys = data_keys
        self._ciphers: dict[str, AESGCM | None] = {}

    def forget(self) -> None:
        """Lets go of every key."""
        self._ciphers.clear()

    def event_rows(self, events: Sequence[EventValues]) -> list[Row]:
        """One row of `columns.PERSONAL` per event.

        Raises:
            LedgerDamaged, TypeError, ValueError: a value does not open, or has no such form.
        """
        bound = [
            (binding(stream, name) + pointer.encode(), parts)
            for stream, _, _, name, values in events
            for _, pointer, parts in values
        ]
        opened = iter(self._open(bound))
        return [_event_row(event, opened) for event in events]

    def contact_rows(self, contacts: Sequence[ContactValues]) -> list[Row]:
        """One row of `columns.CONTACT_PERSONAL` per contact.

        Raises:
            LedgerDamaged, TypeError, ValueError: as `event_rows`.
        """
        opened = iter(self._open([value for each in contacts for value in _bound(each)]))
        return [_contact_row(contact, opened) for contact in contacts]

    def _open(self, sealed: Sequence[tuple[bytes, Parts]]) -> list[Any]:
        """The values, each with what binds it to its place; `ERASED` where there is no key."""
        if not sealed:
            return []
        self._fetch({parts[0] for _, parts in sealed})
        try:
            return self._open_at_once(sealed)
        except UNREADABLE:
            # Something is wrong with one of them: each by itself tells which.
            return [self._open_one(bound, parts) for bound, parts in sealed]

    def _open_at_once(self, sealed: Sequence[tuple[bytes, Parts]]) -> list[Any]:
        """As `_open_one` for each, at half the price: most steps take all of them together."""
        ciphers = [self._ciphers[parts[0]] for _, parts in sealed]
        nonces = every_from_base64url([parts[1] for _, parts in sealed])
        texts = every_from_base64url([parts[2] for _, parts in sealed])
        plain = [
            b"null" if cipher is None else cipher.decrypt(nonce, text, bound)
            for cipher, nonce, text, (bound, _) in zip(ciphers, nonces, texts, sealed, strict=True)
        ]
        values: list[Any] = orjson.loads(b"[" + b",".join(plain) + b"]")
        if len(values) != len(sealed):
            raise ValueError("a value is not one piece of JSON")
        for index, cipher in enumerate(ciphers):
            if cipher is None:
                values[index] = ERASED
        return values

    def _open_one(self, bound: bytes, parts: Parts) -> Any:
        cipher = self._ciphers[parts[0]]
        return ERASED if cipher is None else open_value(cipher, parts, bound)

    def _fetch(self, wanted: set[str]) -> None:
        """Gets the keys of those ids that are not known yet; None for one that is no more."""
        ciphers = self._ciphers
        wanted.difference_update(ciphers)
        if not wanted:
            return
        ids = {key_id(text): text for text in wanted}
        ciphers.update(dict.fromkeys(wanted))
        for identifier, key in self._data_keys(ids).items():
            ciphers[ids[identifier]] = AESGCM(key)


def _event_row(event: EventValues, opened: Iterator[Any]) -> Row:
    stream, number, version, name, values = event
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for place, _, _ in values:
        value = next(opened)
        if name == "FieldsChanged" and value is not ERASED:
            _put(before, place, value["before"])
            value = value["after"]
        elif value.__class__ is dict:
            # Fields are kept by name, so that equal ones are equal texts.
            value = dict(sorted(value.items()))
        _put(after, place, value)
    return stream, number, version, _json(before), _json(after)


def _bound(contact: ContactValues) -> Iterator[tuple[bytes, Parts]]:
    """The sealed values of a contact, in the order in which `_contact_row` takes them."""
    stream, _, _, name, text, sender, to_at, recipients, cc, attachments = contact
    bound = binding(stream, name)
    if text is not None:
        yield bound + b"/text", text
    if sender is not None:
        yield bound + b"/sender", sender
    if recipients is not None:
        yield bound + to_at.encode(), recipients
    if cc is not None:
        yield bound + b"/cc", cc
    for _, pointer, sealed in attachments:
        yield bound + pointer.encode(), sealed


def _contact_row(contact: ContactValues, opened: Iterator[Any]) -> Row:
    _, number, version, _, text, sender, _, recipients, cc, attachments = contact
    values = [None if sealed is None else next(opened) for sealed in (text, sender, recipients, cc)]
    names = {attachment: next(opened) for attachment, _, _ in attachments}
    erased: Sequence[str] = ()
    if ERASED in values:
        erased = [place for place, value in zip(_PLACES, values, strict=True) if value is ERASED]
        values = [None if value is ERASED else value for value in values]
    return number, version, *values, _json(names), erased


_PLACES = ("text", "sender", "recipients", "cc")


def _put(target: dict[str, Any], place: Place, value: Any) -> None:
    for name in place[:-1]:
        target = target.setdefault(name, {})
    target[place[-1]] = value


def _json(value: Mapping[str, Any]) -> str | None:
    return orjson.dumps(value).decode() if value else None
