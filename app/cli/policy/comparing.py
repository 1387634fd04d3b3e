"""What a publication of service levels changes, in the words of people."""

from collections.abc import Iterator, Sequence
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import one_line
from deskledger.domain.configuration.service_policy_changes import Difference

LINES_MAX = 200
LISTED_MAX = 8
ORDERED_MAX = 30
_VALUE_MAX = 200
_JOINT = " · "
_BETWEEN = {"targets": "", "marks": "mark"}
NOTHING = "–"


def tell_differences(session: Session, found: Sequence[Difference]) -> None:
    """Shows what differs, one line each; not more than people read."""
    for one in found[:LINES_MAX]:
        session.tell(one_line(_told(session, one)))
    if len(found) > LINES_MAX:
        session.tell(session.say("policy.more", count=len(found) - LINES_MAX))
    if not found:
        session.tell(session.say("config.same"))


def _told(session: Session, one: Difference) -> str:
    if one.change == "order":
        facts = {
            "before": _listed(one.before, ORDERED_MAX),
            "after": _listed(one.after, ORDERED_MAX),
        }
        return session.say("policy.order", **facts)
    what = _what(session, one.place)
    if isinstance(one.before, list) and isinstance(one.after, list):
        gone = [value for value in one.before if value not in one.after]
        come = [value for value in one.after if value not in one.before]
        if gone or come:
            signed = (("+", come), ("−", gone))
            told = "; ".join(f"{sign} {_listed(values)}" for sign, values in signed if values)
            return session.say("policy.entries", what=what, entries=told)
    facts = {"before": _value(session, one.before), "after": _value(session, one.after)}
    return session.say(f"policy.{one.change}", what=what, **facts)


def _what(session: Session, place: tuple[str, ...]) -> str:
    """What differs: the noun of the outermost part, then the names inside it."""
    noun, *names = place
    return _JOINT.join((session.say(f"policy.noun.{noun}"), *_names(names)))


def _names(names: Sequence[str]) -> Iterator[str]:
    """The names without the words that only JSON needs between them."""
    joined = ""
    for index, name in enumerate(names):
        is_between = index % 2 == 1 and name in _BETWEEN
        if is_between:
            joined = _BETWEEN[name]
            continue
        yield f"{joined} {name}".strip()
        joined = ""


def _value(session: Session, value: Any) -> str:
    """A value, or of a whole calendar, policy or target how it begins."""
    match value:
        case None:
            return NOTHING
        case str():
            return value
        case list() if all(isinstance(one, str) for one in value):
            return _listed(value) or NOTHING
        case _:
            told = session.json(value)
            return told if len(told) <= _VALUE_MAX else told[:_VALUE_MAX] + "…"


def _listed(values: Sequence[str], limit: int = LISTED_MAX) -> str:
    more = f", … ({len(values)})" if len(values) > limit else ""
    return ", ".join(values[:limit]) + more
