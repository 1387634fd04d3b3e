"""What every command is: an intention, told by its fields, that the desk may refuse."""

from __future__ import annotations

from typing import Any

from deskledger.domain.shapes import By, Frozen, Instant


class Command(Frozen):
    """An intention towards one stream, which is named beside it.

    A field that was not stated is unset, which differs from a stated null: null clears the value.

    Attributes:
        type: the command's name; stated only where commands stand in a list.
        occurred_at: when it happened in the world; unset means now.
        by: who decided it, when it is not the actor.
    """

    type: str
    occurred_at: Instant | None = None
    by: By | None = None

    def states(self, name: str) -> bool:
        """Whether the caller stated a field, be it as null."""
        return name in self.__pydantic_fields_set__

    def stated(self) -> dict[str, Any]:
        """The JSON values of exactly the fields that the caller stated."""
        stated: dict[str, Any] = self.__pydantic_serializer__.to_python(
            self, mode="json", exclude_unset=True
        )
        return stated
