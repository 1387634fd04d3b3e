"""What the caller of a command stated: the JSON that the command's digest covers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from deskledger.domain.commands import Command
from deskledger.domain.shapes import instant_text

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def stated_json(fields: Mapping[str, Any]) -> bytes:
    """JSON values as they are hashed: compact, names sorted."""
    return orjson.dumps(fields, option=_OPTIONS)


def stated_by(command: Command) -> bytes:
    """Exactly the fields that the caller of a command stated; its type stands beside them."""
    stated = command.stated()
    stated.pop("type", None)
    return stated_json(stated)


def stated_by_part(part: Command) -> bytes:
    """The same for one of several commands; its type tells it from the others."""
    return stated_json({**part.stated(), "type": part.type})


def stated_by_parts(parts: Iterable[bytes], occurred_at: datetime) -> bytes:
    """What a ``Together`` of these parts states that has nothing else but its time."""
    at = instant_text(occurred_at).encode()
    return b'{"occurred_at":"%b","parts":[%b]}' % (at, b",".join(parts))
