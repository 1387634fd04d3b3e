"""Codes and fields that a command states, checked against the configuration in force."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from deskledger.domain.configuration.desk_document import DeskDocument
from deskledger.domain.configuration.faults import nearest
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused

DESK_STREAM = "desk"


def desk_in_force(context: Context) -> DeskDocument | None:
    """The desk's document; None where none is in force, so that any code of right form is valid."""
    state: Any = context.states.get(DESK_STREAM)
    if state is None or state.latest is None:
        return None
    document: DeskDocument = state.latest.document
    return document


def check_code(
    document: DeskDocument, name: str, code: str, *, what: str, given: Collection[str] = ()
) -> None:
    """Refuse a code that the desk does not have.

    Args:
        document: of the desk.
        name: of the list in ``DeskDocument.codes``.
        code: what was stated.
        what: what the code stands for, as the command names it.
        given: codes that the software itself gives, valid whatever the desk lists.

    Raises:
        CommandRefused: ``code_unknown``, with the nearest valid code.
    """
    valid = document.codes[name]
    if valid is None or code in valid or code in given:
        return
    near = nearest(code, {*valid, *given})
    raise CommandRefused("code_unknown", {"what": what, "value": code, "nearest": near})
