"""The errors that the domain raises: bad input before a decision, and refusals by a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError

Facts = Mapping[str, Any]
"""JSON values that explain an answer; never personal values."""


class DeskError(Exception):
    """The desk could not do what was asked.

    Attributes:
        facts: values that explain the error, by name.
    """

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.facts: dict[str, Any] = facts

    def __str__(self) -> str:
        """Give the stated message, else the first line of the class docstring."""
        stated = super().__str__()
        return stated or (type(self).__doc__ or "").strip().splitlines()[0]


class InvalidInput(DeskError):
    """The input is not valid; correct what is named and send it again.

    It is raised before anything is decided, so it binds nothing: the same idempotency key may be
    used again with corrected input. Where several fields are wrong, the fact ``problems`` lists
    them as pairs of field path (dots between its parts, empty for the whole) and reason.
    """


class CommandRefused(DeskError):
    """The desk's rules refuse this command.

    Attributes:
        code: a stable code; ``refusals.sentence`` says in words what to do next.
        facts: JSON values that explain the refusal; never personal values.
    """

    def __init__(self, code: str, facts: Facts | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts = dict(facts or {})

    def __str__(self) -> str:
        """Give the code and the facts; the sentence is rendered where the language is known."""
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


def invalid_input(error: ValidationError) -> InvalidInput:
    """Translate a failed validation into an ``InvalidInput`` that names each bad field.

    The rejected values stay out of the message: they may be personal.
    """
    problems = tuple(
        (".".join(str(part) for part in problem["loc"]), problem["msg"])
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
    )
    told = "; ".join(f"{place}: {reason}" if place else reason for place, reason in problems)
    return InvalidInput(told, problems=problems)
