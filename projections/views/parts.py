"""Parts of SQL by their names, and the parameters that they take."""

from typing import Any

from deskledger.domain.configuration.view_fields import CUSTOM, view_field
from deskledger.projections.sql import section

_COLUMNS = {
    "group": "group_id",
    "agent": "agent_id",
    "customer": "customer_id",
    "solver": "solver_id",
}
_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "instant": "TIMESTAMPTZ",
    "texts": "VARCHAR",
    "people": "VARCHAR",
    "custom": "VARCHAR",
}


class Parameters(dict[str, Any]):
    """The values of a statement by the names that they have in it; no value is ever text of it."""

    def add(self, value: Any) -> str:
        """Takes in a value and gives its name."""
        name = f"v{len(self)}"
        self[name] = value
        return name


def part(name: str, /, **names: str) -> str:
    """A part of `view.sql`; `names` are expressions and names of parameters of this software."""
    return section("view", name).strip().removesuffix(";").format(**names)


def column(field: str) -> str:
    """The column of `ticket_entry` that a field of a view names.

    Raises:
        KeyError: no field has this name.
    """
    if field.startswith(CUSTOM) or view_field(field) is None:
        raise KeyError(field)
    return _COLUMNS.get(field, field)


def stored_column(name: str) -> str:
    """The column of `ticket_entry` that holds what a view shows under a name."""
    return name if name == "fields" else column(name)


def type_of(field: str) -> str:
    """The type of a field's values in SQL."""
    known = view_field(field)
    assert known is not None, "the field was checked"
    return _TYPES[known.holds]


def path_of(field: str) -> str:
    """The JSON path of a custom field; its name has no character that would need care."""
    return f'$."{field.removeprefix(CUSTOM)}"'
