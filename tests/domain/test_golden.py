"""Stored events stay readable for ever: one golden file for each version of each event.

A golden file is a list of examples as they are stored, with personal values open. It is never
edited once its version is released; a changed shape is a new version with a file of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deskledger.domain.personal import personal_paths
from deskledger.domain.shapes import Erased
from deskledger.domain.streams import STREAM_TYPES

GOLDEN = Path(__file__).parent / "golden"
EVENTS = [(noun, name, v) for noun, kind in STREAM_TYPES.items() for name, v in sorted(kind.events)]


def examples(noun: str, name: str, v: int) -> list[dict[str, Any]]:
    text = (GOLDEN / f"{noun}.{name}.{v}.json").read_text(encoding="utf-8")
    stored: list[dict[str, Any]] = json.loads(text)
    return stored


def test_every_version_of_every_event_has_a_golden_file_and_no_file_is_left_over() -> None:
    expected = {f"{noun}.{name}.{v}.json" for noun, name, v in EVENTS}
    assert {path.name for path in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize(("noun", "name", "v"), EVENTS)
def test_a_stored_event_is_read_and_written_without_a_difference(
    noun: str, name: str, v: int
) -> None:
    for stored in examples(noun, name, v):
        event = STREAM_TYPES[noun].read(stored)
        assert json.dumps(event.model_dump(mode="json")) == json.dumps(stored)
        assert STREAM_TYPES[noun].read(event.model_dump(mode="json")) == event


@pytest.mark.parametrize(("noun", "name", "v"), EVENTS)
def test_a_stored_event_needs_each_of_its_fields_and_no_other(noun: str, name: str, v: int) -> None:
    kind = STREAM_TYPES[noun]
    full = examples(noun, name, v)[0]
    for missing in full.keys() - {"type", "v"}:
        with pytest.raises(ValidationError):
            kind.read({field: value for field, value in full.items() if field != missing})
    with pytest.raises(ValidationError):
        kind.read({**full, "surprise": None})


def erase(value: Any, parts: tuple[str, ...]) -> Any:
    """The JSON in which every personal value at the path is `Erased`; null stays null."""
    if value is None:
        return None
    if not parts:
        return Erased()
    head, *rest = parts
    if isinstance(value, list):
        return [erase(item, tuple(rest)) for item in value]
    names = value if head == "*" else [head]
    return {
        name: erase(item, tuple(rest)) if name in names else item for name, item in value.items()
    }


@pytest.mark.parametrize(("noun", "name", "v"), EVENTS)
def test_an_event_is_readable_when_its_personal_values_are_erased(
    noun: str, name: str, v: int
) -> None:
    kind = STREAM_TYPES[noun]
    for stored in examples(noun, name, v):
        erased = stored
        for path in personal_paths(kind.events[name, v]):
            erased = erase(erased, path.parts)
        event = kind.read(erased)
        opened = kind.read(stored)
        assert (event == opened) == (erased == stored)
        written = event.model_dump(mode="json")
        assert json.dumps(erased, default=lambda _: None) == json.dumps(written)


PERSONAL = {
    "ticket.TicketOpened": {"subject": "subject", "personal_fields": "subject"},
    "ticket.CustomerMessageReceived": {"sender": "subject", "recipients": "subject"},
    "ticket.ReplySent": {"to": "subject", "cc": "subject"},
    "ticket.NoteAdded": {},
    "ticket.CallLogged": {},
    "ticket.TicketSolved": {"note": "subject"},
    "ticket.ParticipantsChanged": {"added/*/address": "subject", "removed/*/address": "subject"},
    "customer.CustomerRegistered": {"personal_fields": "subject"},
    "customer.IdentitiesChanged": {"added/*/address": "subject"},
    "agent.AgentJoined": {"personal_fields": "subject"},
}
CONTACT = {
    "text": "text",
    "attachments/*/name": "attachment",
    "thread/message_id": "subject",
    "thread/in_reply_to": "subject",
    "thread/references": "subject",
    "thread/conversation": "subject",
}


@pytest.mark.parametrize(("noun", "name", "v"), EVENTS)
def test_personal_values_are_exactly_the_listed_ones(noun: str, name: str, v: int) -> None:
    shape = STREAM_TYPES[noun].events[name, v]
    expected = dict(PERSONAL.get(f"{noun}.{name}", {}))
    if "attachments" in shape.model_fields:
        expected |= CONTACT
    if name == "FieldsChanged":
        expected |= {"personal_fields/*": "subject"}
    found = {"/".join(path.parts): path.purpose for path in personal_paths(shape)}
    assert found == expected
