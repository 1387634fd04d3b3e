"""Sealed values opened for the tables of personal values, with keys fetched for many at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskledger.eventlog.sealed_value import binding, key_id, open_value

DataKeys = Callable[[Collection[bytes]], Mapping[bytes, bytes]]
"""The keys of those ids that still exist."""

Sealed = dict[str, list[str]]
Place = tuple[str, ...]
Row = tuple[Any, ...]

EventValues = tuple[str, int, int, str, Sequence[tuple[Place, str, Sealed]]]
"""Stream and its number, version and type of an event with its sealed values, each with the place
where it is to stand in JSON and with its JSON Pointer in the event."""

ContactValues = tuple[
    str,
    int,
    int,
    str,
    Sealed | None,
    Sealed | None,
    str,
    Sealed | None,
    Sealed | None,
    Sequence[tuple[str, str, Sealed]],
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
        """One row of `columns.PERSONAL` per event."""
        if not events:
            return []
        self._fetch({value["$p"][0] for event in events for _, _, value in event[4]})
        return [self._event_row(event) for event in events]

    def contact_rows(self, contacts: Sequence[ContactValues]) -> list[Row]:
        """One row of `columns.CONTACT_PERSONAL` per contact."""
        if not contacts:
            return []
        values = [value for each in contacts for value in (each[4], each[5], each[7], each[8])]
        names = [name for each in contacts for _, _, name in each[9]]
        self._fetch({value["$p"][0] for value in values + names if value is not None})
        return [self._contact_row(contact) for contact in contacts]

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

    def _open(self, bound_to: bytes, sealed: Sealed) -> Any:
        parts = sealed["$p"]
        cipher = self._ciphers[parts[0]]
        return ERASED if cipher is None else open_value(cipher, parts, bound_to)

    def _event_row(self, event: EventValues) -> Row:
        stream, number, version, name, values = event
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        bound = binding(stream, name)
        for place, pointer, sealed in values:
            value = self._open(bound + pointer.encode(), sealed)
            if name == "FieldsChanged" and value is not ERASED:
                _put(before, place, value["before"])
                value = value["after"]
            elif value.__class__ is dict:
                # Fields are kept by name, so that equal ones are equal texts.
                value = dict(sorted(value.items()))
            _put(after, place, value)
        return stream, number, version, _json(before), _json(after)

    def _contact_row(self, contact: ContactValues) -> Row:
        stream, number, version, name, text, sender, to_at, recipients, cc, attachments = contact
        bound = binding(stream, name)
        opened = [
            None if text is None else self._open(bound + b"/text", text),
            None if sender is None else self._open(bound + b"/sender", sender),
            None if recipients is None else self._open(bound + to_at.encode(), recipients),
            None if cc is None else self._open(bound + b"/cc", cc),
        ]
        names = None
        if attachments:
            names = {
                attachment: self._open(bound + pointer.encode(), sealed)
                for attachment, pointer, sealed in attachments
            }
        erased: Sequence[str] = ()
        if ERASED in opened:
            erased = [
                place for place, value in zip(_PLACES, opened, strict=True) if value is ERASED
            ]
            opened = [None if value is ERASED else value for value in opened]
        return number, version, *opened, _json(names) if names else None, erased


_PLACES = ("text", "sender", "recipients", "cc")


def _put(target: dict[str, Any], place: Place, value: Any) -> None:
    for name in place[:-1]:
        target = target.setdefault(name, {})
    target[place[-1]] = value


def _json(value: Mapping[str, Any]) -> str | None:
    return orjson.dumps(value).decode() if value else None
