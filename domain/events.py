"""What every event is, and the one event that may stand in every stream."""

from __future__ import annotations

from typing import Any, Literal

from deskledger.domain.shapes import By, Frozen, Instant, Slug


class Event(Frozen):
    """Something that happened in the business.

    A released version is never edited. Its JSON holds every field, null included; only fields that
    say so may be missing.

    Attributes:
        type: the event's name, unique within its stream's noun.
        v: version of the event's shape.
        occurred_at: when it happened in the world, not when it was recorded.
        by: who decided it, when it is not the actor of the commit.
    """

    type: str
    v: int
    occurred_at: Instant
    by: By | None


class CommandAnswered(Event):
    """A command was decided and changed nothing: it was refused, or there was nothing to do.

    Attributes:
        code: the refusal's code; null when there was nothing to do.
        facts: what explains the answer, never personal values.
    """

    type: Literal["CommandAnswered"] = "CommandAnswered"
    v: Literal[1] = 1
    outcome: Literal["refused", "nothing"]
    code: Slug | None
    facts: dict[str, Any]
