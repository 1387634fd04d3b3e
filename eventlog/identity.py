"""Ids made with the desk's secret keys: of commands, of what they state, of people's addresses.

Whoever lacks the keys cannot test whether a guessed address or command is among them.
"""

import unicodedata

import idna
import orjson
import phonenumbers

from deskledger.domain.errors import InvalidInput
from deskledger.domain.identifiers import uuid8
from deskledger.eventlog.mac import mac


def command_id(command_key: bytes, *, surface: str, credential: str, idempotency_key: str) -> str:
    """The id of the command that a caller names by its idempotency key.

    Two callers may use the same key: surface and credential keep their commands apart.

    Raises:
        InvalidInput: a part holds the character U+0000, which separates the parts.
    """
    return uuid8(_mac(command_key, surface, credential, idempotency_key))


def digest(command_key: bytes, *, command: str, stream: str, stated: bytes) -> str:
    """The MAC, 64 hex digits, of what a caller asked for: the same again means the same command.

    `command` is the command's type, and `stated` the sorted JSON of exactly the fields that the
    caller stated: no defaults, times of receipt, generated ids or expected versions.
    """
    asked = {"fields": orjson.Fragment(stated), "stream": stream, "type": command}
    text = orjson.dumps(asked)
    return mac(command_key, text).hex()


def identity_stream(identity_key: bytes, kind: str, address: str) -> str:
    """The stream of the identity with a normalised address; see `normal_address`.

    Raises:
        InvalidInput: a part holds the character U+0000, which separates the parts.
    """
    return f"identity/{uuid8(_mac(identity_key, '1', kind, address))}"


def known_country(code: str) -> str:
    """The code of a country in capital letters, whose telephone numbers can be read.

    Raises:
        InvalidInput: there is no such country.
    """
    country = code.upper()
    if country not in phonenumbers.SUPPORTED_REGIONS:
        told = f"There is no country {code!r}; write its two letters, such as CN."
        raise InvalidInput(told, country=code)
    return country


def normal_address(kind: str, address: str, *, country: str | None = None) -> str:
    """The one spelling of an address by which an identity is known.

    `kind` is `email`, `phone` or the channel's slug; `country` is the desk's default country, two
    capital letters, for telephone numbers that do not begin with +.

    Raises:
        InvalidInput: the address is none of its kind. The message does not repeat it.
    """
    match kind:
        case "email":
            return _email(address)
        case "phone":
            return _phone(address, country)
        case _:
            return _exact(kind, address)


def _email(address: str) -> str:
    text = unicodedata.normalize("NFKC", address).strip().lower()
    local, _, domain = text.rpartition("@")
    if not local or not domain or any(character.isspace() for character in text):
        raise InvalidInput("An email address has the form name@domain.", kind="email")
    if domain.isascii():
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as problem:
        raise InvalidInput("The email address has an impossible domain.", kind="email") from problem


_NO_PHONE = (
    "A telephone number is written with + and country code, or as dialled in the desk's own "
    "country."
)
_NO_COUNTRY = (
    "A telephone number is written with + and country code, such as +8613800138000: this desk has "
    "no country; `init --country CN` or `config publish desk` states one."
)


def _phone(address: str, country: str | None) -> str:
    try:
        number = phonenumbers.parse(address, country)
    except phonenumbers.NumberParseException as problem:
        told = _NO_PHONE if country in phonenumbers.SUPPORTED_REGIONS else _NO_COUNTRY
        raise InvalidInput(told, kind="phone") from problem
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput("The telephone number has too few or too many digits.", kind="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _exact(kind: str, address: str) -> str:
    text = unicodedata.normalize("NFC", address).strip()
    if not text:
        raise InvalidInput("The address is empty.", kind=kind)
    return text


def _mac(key: bytes, *parts: str) -> bytes:
    if any("\0" in part for part in parts):
        raise InvalidInput("The character U+0000 may not stand in an address or a key.")
    try:
        return mac(key, "\0".join(parts).encode())
    except UnicodeEncodeError as problem:
        raise InvalidInput("An address or a key is no valid Unicode text.") from problem
