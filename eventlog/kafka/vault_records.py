"""The vault's topic: what its records say.

The key of a record names what its value tells of, so that compaction keeps the latest word on
each: `secret/<name>` and `key/<key id in hex>`. A record without a value destroys. Records of
another form say nothing, as nobody could act on them; so does `clock`.
"""

import re
from typing import Any, NamedTuple

import orjson

from deskledger.eventlog.base64url import from_base64url, to_base64url
from deskledger.eventlog.vault.sealed_value import KEY_ID_BYTES

FORMAT = 1
CLOCK_KEY = b"clock"
SUBJECT = "subject"

_SECRET = re.compile(rb"secret/([a-z]+)")
_KEY = re.compile(rb"key/([0-9a-f]{%d})" % (2 * KEY_ID_BYTES))


class SecretRow(NamedTuple):
    """A wrapped secret of the desk."""

    name: str
    wrapped: bytes


class KeyRow(NamedTuple):
    """A wrapped key; `subject` and `purpose` are None until it is used."""

    id: bytes
    wrapped: bytes
    subject: str | None = None
    purpose: str | None = None
    holder: str | None = None


class Destroyed(NamedTuple):
    """The id of a key that is no more."""

    id: bytes


def secret_record(row: SecretRow) -> tuple[bytes, bytes]:
    """Key and value of the record of a wrapped secret."""
    body = {"format": FORMAT, "wrapped": to_base64url(row.wrapped)}
    return b"secret/" + row.name.encode(), orjson.dumps(body)


def key_record(row: KeyRow) -> tuple[bytes, bytes]:
    """Key and value of the record of a wrapped key."""
    body = {
        "format": FORMAT,
        "subject": row.subject,
        "purpose": row.purpose,
        "wrapped": to_base64url(row.wrapped),
        "holder": row.holder,
    }
    return key_name(row.id), orjson.dumps(body)


def key_name(identifier: bytes) -> bytes:
    """The key of the record that tells of the data key with this id."""
    return b"key/" + identifier.hex().encode()


def destruction_record(identifier: bytes) -> tuple[bytes, None]:
    """Key and value of the record by which a key is destroyed."""
    return key_name(identifier), None


def read_record(key: bytes | None, value: bytes | None) -> SecretRow | KeyRow | Destroyed | None:
    """What a record says, None where it says nothing."""
    if key is None:
        return None
    if (named := _SECRET.fullmatch(key)) is not None:
        wrapped = _wrapped(_body(value))
        return None if wrapped is None else SecretRow(named[1].decode(), wrapped)
    if (named := _KEY.fullmatch(key)) is not None:
        identifier = bytes.fromhex(named[1].decode())
        return Destroyed(identifier) if value is None else _key_row(identifier, _body(value))
    return None


def _key_row(identifier: bytes, body: dict[str, Any]) -> KeyRow | None:
    wrapped = _wrapped(body)
    stated = body.get("subject"), body.get("purpose"), body.get("holder")
    if wrapped is None or any(one is not None and type(one) is not str for one in stated):
        return None
    return KeyRow(identifier, wrapped, *stated)


def _body(value: bytes | None) -> dict[str, Any]:
    try:
        body = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return {}
    return body if type(body) is dict and body.get("format") == FORMAT else {}


def _wrapped(body: dict[str, Any]) -> bytes | None:
    text = body.get("wrapped")
    try:
        return from_base64url(text) if type(text) is str else None
    except ValueError:
        return None
