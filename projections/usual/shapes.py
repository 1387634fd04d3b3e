"""What usual events are made of."""

from typing import Literal

import msgspec


class Loose(msgspec.Struct, gc=False):
    """An object of which only the named fields are looked at."""


class Exact(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An object with these fields and no others."""


class SealedValue(Exact):
    """Key id, nonce and ciphertext."""

    parts: tuple[str, str, str] = msgspec.field(name="$p")


class UsualEvent(Exact, tag_field="type", tag=True):
    """What every usual event has: nobody but the actor decided it."""

    v: Literal[1]
    occurred_at: str
    by: None
