"""The document of a view: which tickets somebody wants to see, in which order, and what of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
)

from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.faults import Fault, fault
from deskledger.domain.configuration.view_faults import (
    column_faults,
    condition_faults,
    sort_faults,
)
from deskledger.domain.shapes import Frozen, Id, Integer, Names, absent, told_once

CONDITIONS_MAX = 50
VALUES_MAX = 200
SORT_MAX = 5
COLUMNS_MAX = 30

Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Word = Annotated[str, StringConstraints(max_length=1_000)]
_VALUE = "a value is a short text, a whole number, true or false"
Value = Annotated[StrictBool | Integer | Word, told_once("view_value", _VALUE)]
Values = Annotated[tuple[Value, ...], Field(min_length=1, max_length=VALUES_MAX)] | None
Words = Annotated[tuple[Word, ...], Field(min_length=1, max_length=VALUES_MAX)] | None


def _operator(alias: str | None = None) -> Any:
    return Field(default=None, alias=alias, exclude_if=absent)


class Condition(Frozen):
    """One thing that is asked of a ticket; exactly one operator is stated.

    Attributes:
        one_of: the value is one of these; in JSON ``is``.
        is_not: it is none of these, or there is none.
        has: the list holds one of these at least.
        has_not: it holds none of these.
        before: an instant that the value lies before.
        after: an instant from which on the value lies.
        empty: whether there is a value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    field: Name
    one_of: Values = _operator("is")
    is_not: Values = _operator()
    has: Words = _operator()
    has_not: Words = _operator()
    before: Name | None = _operator()
    after: Name | None = _operator()
    empty: bool | None = _operator()


class Share(Frozen):
    """Who sees the view among theirs: the whole desk, a group, or one agent."""

    kind: Literal["desk", "group", "agent"]
    id: Id | None = None


Conditions = Annotated[tuple[Condition, ...], Field(max_length=CONDITIONS_MAX)]
Sort = Annotated[tuple[tuple[Name, Literal["asc", "desc"]], ...], Field(max_length=SORT_MAX)]
DEFAULT_SORT: Sort = (("band", "asc"), ("next_due_at", "asc"), ("waiting_since", "asc"))
DEFAULT_COLUMNS = ("number", "subject", "customer", "status", "priority", "next_due_at")


class View(Document):
    """A saved view.

    Attributes:
        settled: whether solved and closed tickets are looked at, too.
        all: conditions that must all hold.
        any: conditions of which one must hold, where there are any.
        sort: what there is none of comes last, in either direction; the number is always appended.
        group_by: a field by whose values the tickets are put together and counted.
    """

    format: Literal[1]
    names: Names = {}  # noqa: RUF012 - frozen, and copied by pydantic
    share: Share = Share(kind="desk")
    settled: bool = False
    all: Conditions = ()
    any: Conditions = ()
    sort: Sort = DEFAULT_SORT
    columns: Annotated[tuple[Name, ...], Field(min_length=1, max_length=COLUMNS_MAX)] = (
        DEFAULT_COLUMNS
    )
    group_by: Name | None = None

    @property
    def owner(self) -> str | None:
        """The agent whose own view it is."""
        return self.share.id if self.share.kind == "agent" else None

    @property
    def parties(self) -> frozenset[str]:
        """The group or agent with whom it is shared."""
        share = self.share
        return frozenset({f"{share.kind}/{share.id}"} if share.id is not None else ())

    @classmethod
    def faults(cls, document: dict[str, Any]) -> Iterator[Fault]:
        """Fields, operators and values that are none, and a share with nobody."""
        settled = document.get("settled") is True
        for part in ("all", "any"):
            yield from condition_faults(document.get(part), part, settled=settled)
        yield from sort_faults(document)
        yield from column_faults(document)
        share = document.get("share")
        if isinstance(share, dict):
            alone = share.get("kind") == "desk"
            if alone and share.get("id") is not None:
                yield fault(("share", "id"), "rule", message="the desk has no id; leave it null")
            if not alone and share.get("kind") in {"group", "agent"} and share.get("id") is None:
                yield fault(("share", "id"), "missing")
