"""Explanations of clocks, line by line, for people."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.clock_telling import clock_name
from deskledger.app.cli.shown.drawing import draw_pairs, one_line
from deskledger.app.cli.shown.working_time import (
    day_range,
    hours_text,
    length_text,
    offset_text,
    stated_length,
    time_text,
)
from deskledger.app.cli.sla.explanation_data import Sources
from deskledger.domain.sla.explanation.lines import (
    LENGTHS,
    TIMES,
    Days,
    Explanation,
    Line,
    Match,
    Passed,
)
from deskledger.domain.sla.instants import day_text, instant_of

INDENT = "  "
_COUNTED = ("first_due", "counted", "stood", "stands", "moved")
# Facts that stand in the policy's own form.
_STATED = {"within": stated_length, "offset": offset_text}
_MARKS = ("offset_mark", "percent_mark")
# With which lines a new section begins.
_SECTIONS = {"first_due": "counted", **dict.fromkeys(("breached", *_MARKS), "marks")}


class Explainer:
    """Puts explanations into words of the session's language, in times of the clock's calendar."""

    def __init__(self, session: Session, sources: Sources) -> None:
        self._say = session.say
        self._code = session.code
        self._clock = partial(clock_name, session)
        self._language = session.language
        self._sources = sources

    def told(self, one: Explanation) -> str:
        """The whole explanation of a clock, several lines."""
        zone = ZoneInfo(one.zone)
        parts = [self._headline(one, zone), self._say("explain.zone", zone=one.zone)]
        rows: list[tuple[str, str, str]] = []
        last = [line for line in one.lines if line.kind in _COUNTED][-1]
        for line in one.lines:
            section = _SECTIONS.get(line.kind)
            if section is not None and self._say(f"explain.section.{section}") not in parts:
                parts += [draw_pairs(rows), self._say(f"explain.section.{section}")]
                rows = []
            rows += self._rows(line, zone)
            if line is last:
                rows.append(("", f"= {self._length(one.view.used)}", self._say("explain.used")))
        parts.append(draw_pairs(rows))
        return "\n".join(part for part in parts if part)

    def _headline(self, one: Explanation, zone: ZoneInfo) -> str:
        seen = one.view
        facts = {
            "clock": self._clock(seen.metric, seen.instance),
            "state": self._code("clock", seen.state),
            "used": self._length(seen.used),
            "target": self._length(seen.used + seen.margin),
            "margin": self._length(abs(seen.margin)),
        }
        told = self._say("explain.late" if seen.margin < 0 else "explain.clock", **facts)
        if seen.due is not None:
            told += self._say("explain.due", due=self._time(seen.due, zone))
        if seen.provisional and one.known_until is not None:
            told += self._say("explain.provisional", day=day_text(one.known_until))
        return one_line(told)

    def _rows(self, line: Line, zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
        """A line as rows of when, what it added, and what it tells."""
        when = self._time(line.at, zone)
        if line.kind in _MARKS and line.facts["mark_at"] is None:
            when = "–"
        if line.until is not None:
            when += f" – {self._time(line.until, zone)}"
        used = f"+ {self._length(line.used)}" if line.kind == "counted" else ""
        yield when, used, one_line(self._sentence(line, zone))
        match: Match | None = line.facts.get("match")
        for one in () if match is None else match.passed:
            yield "", "", INDENT + one_line(self._passed(one))
        if match is not None and match.passed_count > len(match.passed):
            more = match.passed_count - len(match.passed)
            yield "", "", INDENT + self._say("explain.passed_more", count=more)
        for days in line.days:
            yield "", "", INDENT + one_line(self._days(days))

    def _sentence(self, line: Line, zone: ZoneInfo) -> str:
        told = self._say(f"explain.{line.kind}", **self._facts(line.facts, zone))
        if line.step is not None:
            told += self._say("explain.by", step=self._sources.step(line.step))
        return told

    def _facts(self, facts: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
        """The facts as people read them, with what a policy's match tells."""
        told = {name: self._fact(name, value, zone) for name, value in facts.items()}
        match: Match | None = facts.get("match")
        if match is None or match.policy is None:
            return told
        met = self._say("list.part").join(
            f"{self._code('field', key)} = {self._listed(key, values)}"
            for key, values in match.met.items()
        )
        why = self._say("explain.met", met=met) if met else self._say("explain.everybody")
        rules = self._sources.rules(match.publication)
        return {**told, "policy": match.policy.name, "why": why, "rules": rules}

    def _fact(self, name: str, value: Any, zone: ZoneInfo) -> Any:
        if value is None:
            return "–"
        if name in TIMES:
            return self._time(value, zone)
        if name in LENGTHS:
            return self._length(value)
        if name in ("statuses", "pauses_in"):
            named = self._say("list.part").join(self._code("status", one) for one in value)
            return named or self._say("explain.no_status")
        stated = _STATED.get(name)
        return value if stated is None else stated(self._language, value)

    def _passed(self, one: Passed) -> str:
        facts = {
            "key": self._code("field", one.key),
            "actual": self._listed(one.key, one.actual) or "–",
            "accepted": self._listed(one.key, one.accepted),
        }
        return self._say("explain.passed", policy=one.policy, **facts)

    def _days(self, days: Days) -> str:
        facts = {
            "days": day_range(self._language, days.first, days.last),
            "count": days.dates,
            "hours": hours_text(days.hours) or self._say("explain.closed"),
            "kind": self._say(f"explain.day.{days.kind}"),
            "used": self._length(days.used),
        }
        return self._say("explain.days", **facts)

    def _length(self, micros: int) -> str:
        return length_text(self._language, micros)

    def _time(self, at: int, zone: ZoneInfo) -> str:
        local: datetime = instant_of(at).astimezone(zone)
        return time_text(self._language, local)

    def _listed(self, key: str, values: tuple[str, ...]) -> str:
        return " / ".join(self._sources.value(key, one) for one in values)
