"""Refusals as people read them: with names and the desk's times in place of ids and instants."""

from collections.abc import Mapping
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.names import Names
from deskledger.domain.configuration.documents import KINDS
from deskledger.domain.errors import InvalidInput
from deskledger.domain.refusals import sentence
from deskledger.eventlog.instants import parse_instant

_NAMED = {
    ("customer_merged", "into"): "customer",
    ("ticket_merged", "into"): "ticket",
    ("already_merged", "into"): "ticket",
}
"""What a fact names, where its own name does not say it."""
NAMED = frozenset({"group", *KINDS})
"""Nouns of what people have given an id that they can read."""


def refusal(session: Session, code: str, facts: Mapping[str, Any]) -> str:
    """The sentence of a refusal, which says what to do next."""
    names = Names(session.desk, session.language)
    told = {
        name: _told(session, names, _NAMED.get((code, name), name), value)
        for name, value in facts.items()
    }
    return sentence(code, told, session.language)


def _told(session: Session, names: Names, name: str, value: Any) -> Any:
    if isinstance(value, list):
        told = (str(_told(session, names, name.removesuffix("s"), one)) for one in value)
        return session.say("list.part").join(told)
    if not isinstance(value, str):
        return value
    match name:
        case "agent" | "customer" | "ticket":
            return getattr(names, name)(value)
        case "status" | "metric":
            return session.code(name, value)
        case "stream":
            return _stream(session, value)
        case _:
            return _local(session, value)


def _stream(session: Session, value: str) -> str:
    noun, _, part = value.partition("/")
    number = session.desk.ledger.number_of(value)
    return session.say(f"noun.{noun}", name=number if noun not in NAMED and number else part)


def _local(session: Session, value: str) -> str:
    try:
        return session.time(parse_instant(value))
    except InvalidInput:
        return value
