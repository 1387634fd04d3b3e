"""How a mapping says where one value comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from deskledger.domain.shapes import FieldValue, Frozen, Slug

T = TypeVar("T")

Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""The name of a CSV column, or the key of an XES attribute."""

FieldType = Literal["text", "slug", "integer", "boolean", "date", "instant", "list", "agent"]
PlainText = Annotated[str, Field(strict=True, min_length=1)]


class Value(Frozen, Generic[T]):
    """One value: from a column, or the same for every row.

    Attributes:
        values: what each text of the column becomes.
        others: what happens to a text that ``values`` does not list: the row is put into
            quarantine, or the text is read as if there were no list.
        default: stands where the row has no value.
    """

    column: Column | None = None
    constant: T | None = None
    values: dict[str, T] = Field(default_factory=dict)
    others: Literal["quarantine", "keep"] = "quarantine"
    default: T | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("state either column or constant")
        return self


class SlugValue(Value[Slug]):
    """A name of the desk's configuration; without a list, the text is made one."""


class TextValue(Value[PlainText]):
    """A text for people."""


class FieldRule(Value[FieldValue]):
    """A custom field's value.

    Attributes:
        type: how the column's text is read.
        separator: between the items of a list.
    """

    type: FieldType = "text"
    separator: Annotated[str, StringConstraints(min_length=1)] = ","


def columns_of(rules: Iterable[Value[Any] | None]) -> list[str]:
    """The columns that values come from, in order."""
    return [rule.column for rule in rules if rule is not None and rule.column is not None]


def names_agent(rule: Value[Any]) -> bool:
    """Whether a value is a person on the desk's side."""
    return isinstance(rule, FieldRule) and rule.type == "agent"
