"""What can be asked of a configuration, whatever its kind."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any, Literal

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.configuration.events import Scope
from deskledger.domain.shapes import Count, Line


class Publish(Command):
    """Put a document in force as the next version; one that is in force already changes nothing.

    The document is checked where its kind is known, see ``documents.checked``.

    Attributes:
        replaces: number of the version that the author had in view, 0 for none; unset asks nothing.
        scope: for whom; unset means for everybody.
    """

    type: Literal["Publish"] = "Publish"
    document: dict[str, Any]
    replaces: Count | None = None
    scope: Scope | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _has_a_scope_that_narrows(self) -> Publish:
        if self.scope is None:
            return self
        if not self.scope.groups and self.scope.share is None:
            raise ValueError("scope: name groups, a share or both")
        if self.scope.share is not None and not 0 < Number(self.scope.share) < 1:
            raise ValueError("scope.share: state a share above 0 and below 1")
        return self


class Withdraw(Command):
    """Take a version out of force; what was decided under it stays as it is."""

    type: Literal["Withdraw"] = "Withdraw"
    version: Count = Field(ge=1)


ConfigurationCommand = Publish | Withdraw
