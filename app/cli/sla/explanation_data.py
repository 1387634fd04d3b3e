"""Explanations of clocks as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deskledger.app.cli.shown.working_time import hours_text
from deskledger.domain.sla.durations import duration_text, stated_text
from deskledger.domain.sla.explanation.lines import LENGTHS, TIMES, Explanation, Line, Match
from deskledger.domain.sla.instants import day_text, instant_text


def _code(_: str, code: str) -> str:
    return code


@dataclass(frozen=True)
class Sources:
    """What people call the steps of a history.

    Attributes:
        step: names a step, by its index; for people a text, in JSON whatever says it.
        rules: names the rules that the publication of this index brought; None for the first.
        value: what people call a value of a key of a policy's `when`; the code itself by default.
    """

    step: Callable[[int], Any]
    rules: Callable[[int | None], Any]
    value: Callable[[str, str], str] = _code


def explanation_object(one: Explanation, sources: Sources) -> dict[str, Any]:
    """An explanation as JSON shows it: instants in UTC, lengths in ISO 8601."""
    seen = one.view
    shows = {
        "state": seen.state,
        **{name: _instant(getattr(seen, name)) for name in _INSTANTS},
        "used": duration_text(seen.used),
        "margin": duration_text(seen.margin),
        "target": duration_text(seen.used + seen.margin),
        "provisional": seen.provisional,
        "known_until": None if one.known_until is None else day_text(one.known_until),
    }
    return {
        "metric": seen.metric,
        "instance": seen.instance,
        "shows": shows,
        **_match(one.match, sources),
        "within": stated_text(one.target.within),
        "zone": one.zone,
        "lines": [_line(line, sources) for line in one.lines],
    }


_INSTANTS = ("due", "due_if_resumed", "noticed_at", "stopped_at")


def _line(line: Line, sources: Sources) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, value in line.facts.items():
        if name == "match":
            facts |= _match(value, sources)
        elif name in LENGTHS:
            facts[name] = duration_text(value)
        else:
            facts[name] = _instant(value) if name in TIMES else value
    days = [
        {
            **one._asdict(),
            "first": day_text(one.first),
            "last": day_text(one.last),
            "hours": hours_text(one.hours),
            "used": duration_text(one.used),
        }
        for one in line.days
    ]
    return {
        "kind": line.kind,
        "at": instant_text(line.at),
        "until": _instant(line.until),
        "used": duration_text(line.used),
        "step": None if line.step is None else sources.step(line.step),
        **facts,
        **({"days": days} if days else {}),
    }


def _match(match: Match, sources: Sources) -> dict[str, Any]:
    return {
        "policy": None if match.policy is None else match.policy.name,
        "rules": sources.rules(match.publication),
        "met": match.met,
        "passed": [one._asdict() for one in match.passed],
        "passed_count": match.passed_count,
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else instant_text(at)
