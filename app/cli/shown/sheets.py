"""One thing as it is: lines of names and values."""

from collections.abc import Mapping
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw_pairs
from deskledger.app.cli.shown.telling import BUILT_IN, NOTHING, Teller


def show_sheet(session: Session, title: str, values: Mapping[str, str | None]) -> None:
    """Shows the values that there are, by the labels of their names."""
    rows = [
        (session.code("field", name), value)
        for name, value in values.items()
        if value not in (None, "", NOTHING)
    ]
    session.tell(f"{title}\n{draw_pairs(rows)}")


def present_fields(state: Any) -> dict[str, Any]:
    """The plain fields that are set, by name."""
    return {name: held.present for name, held in state.fields.items() if held.present is not None}


def present_personal(state: Any) -> dict[str, Any]:
    """The personal fields that are set, by name; an erased one is `Erased`."""
    fields = state.personal_fields
    return {name: held.present for name, held in fields.items() if held.present is not None}


def field_values(teller: Teller, state: Any) -> dict[str, str]:
    """The fields of a state as people read them: built-in ones by themselves, others together."""
    personal = present_personal(state)
    built_in = {name: teller.value("", personal.pop(name)) for name in BUILT_IN if name in personal}
    return {
        **built_in,
        "fields": teller.value("fields", present_fields(state)),
        "personal_fields": teller.value("personal_fields", personal),
    }
