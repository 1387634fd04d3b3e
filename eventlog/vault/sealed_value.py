"""One sealed value: `{"$p": [key id, nonce, ciphertext and tag]}`, each in base64url.

AES-256-GCM over the value's compact JSON, bound to the place where it stands. No padding stands
after the base64url.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskledger.eventlog.base64url import from_base64url, to_base64url
from deskledger.eventlog.errors import LedgerDamaged

SEALED = "$p"
KEY_ID_BYTES = 12
NONCE_BYTES = 12
# What values of a wrong form raise: of another type, too short, not in base64, of another key.
UNREADABLE = (InvalidTag, AttributeError, IndexError, TypeError, ValueError)

_CONTEXT = b"deskledger/seal/1\0"


class DataKey(NamedTuple):
    """A key that seals values: its id as bytes and as text, and the cipher made of it."""

    id: bytes
    id_text: str
    cipher: AESGCM


def data_key(key: bytes) -> DataKey:
    """The data key of 32 key bytes."""
    identifier = id_of_key(key)
    return DataKey(identifier, to_base64url(identifier), AESGCM(key))


def id_of_key(key: bytes) -> bytes:
    """A key's id: the first 12 bytes of SHA-256 over its 32 bytes."""
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]


def seal_value(key: DataKey, nonce: bytes, bound_to: bytes, value: Any) -> dict[str, Any]:
    """One sealed value; `bound_to` is the additional data that ties it to its place."""
    sealed = key.cipher.encrypt(nonce, orjson.dumps(value), bound_to)
    return {SEALED: [key.id_text, to_base64url(nonce), to_base64url(sealed)]}


def binding(stream: str, event_type: str) -> bytes:
    """What ties a value to its event; the JSON Pointer inside the event is to follow."""
    return b"%b%b\0%b\0" % (_CONTEXT, stream.encode(), event_type.encode())


def key_id(text: str) -> bytes:
    """The id of a key, from the text that stands in a sealed value.

    Raises:
        ValueError: it is no such id.
    """
    identifier = from_base64url(text)
    if len(identifier) != KEY_ID_BYTES:
        raise ValueError("a key's id has twelve bytes")
    return identifier


def open_value(cipher: AESGCM, sealed: Sequence[str], bound_to: bytes) -> Any:
    """One value that `cipher` has sealed; for readers who know where values stand.

    Raises:
        LedgerDamaged: it does not open with its own key, so it was changed or moved.
    """
    try:
        nonce, ciphertext = from_base64url(sealed[1]), from_base64url(sealed[2])
        return orjson.loads(cipher.decrypt(nonce, ciphertext, bound_to))
    except UNREADABLE as error:
        raise does_not_open(bound_to) from error


def does_not_open(bound_to: bytes) -> LedgerDamaged:
    """The error that names the place of a value that does not open."""
    place = bound_to.decode().split("\0")[1:]
    told = f"A sealed value of {place[0]} does not open: {place[1]} {place[2]}."
    return LedgerDamaged(told, stream=place[0], type=place[1], pointer=place[2])
