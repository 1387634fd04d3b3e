"""Marks as people write them: reminders and escalations of a clock, and what is done at each."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StrictInt

from deskledger.domain.shapes import Frozen
from deskledger.domain.sla.calendar_document import Name
from deskledger.domain.sla.durations import Stated
from deskledger.domain.sla.faults import Fault, at_most, path_of, wrong

AGENTS_MAX = 20
TAGS_MAX = 20
NOTIFY_MAX = 50
LEVEL_MAX = 9

RESPONSIBLE = "responsible"
"""Stands among those to be told for whoever has the ticket at that moment."""

Priority = Literal["low", "normal", "high", "urgent"]
Level = Annotated[StrictInt, Field(ge=1, le=LEVEL_MAX)]
"""How far an escalation has come, from 1."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_WHOM = re.compile(rf"(agent|group)/{_ID.pattern}|{RESPONSIBLE}", re.ASCII)


def _percent(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise wrong("not_number")
    exact = Decimal(str(value))
    if not 0 < exact <= 100:  # noqa: PLR2004 - a percentage
        raise wrong("percent")
    return exact


def _plain(percent: Decimal) -> str:
    return f"{percent:f}"


def _formed(form: re.Pattern[str], code: str) -> BeforeValidator:
    """Refuses a text of another form than that of what it is to name."""

    def formed(value: Any) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise wrong(code)
        return value

    return BeforeValidator(formed)


Percent = Annotated[
    Decimal,
    BeforeValidator(_percent),
    PlainSerializer(_plain, return_type=str, when_used="json"),
]
"""A share of a target, above 0 and at most 100, exact."""

PartyId = Annotated[str, _formed(_ID, "not_id")]
Tag = Annotated[str, _formed(_CODE, "not_code")]
Whom = Annotated[str, _formed(_WHOM, "not_whom")]
"""Who is to be told: ``agent/<id>``, ``group/<id>`` or ``responsible``."""


class Actions(Frozen):
    """What is done to the ticket when a mark is reached, while its clock still runs.

    Attributes:
        priority: the ticket gets it, unless its own is as high.
        agents: the first of them who is there becomes responsible.
        group: whose queue gets the ticket where none of the agents is there.
        tags: the ticket gets them.
        notify: who is to be told.
    """

    priority: Priority | None = None
    group: PartyId | None = None
    agents: Annotated[tuple[PartyId, ...], at_most(AGENTS_MAX)] = ()
    tags: Annotated[tuple[Tag, ...], at_most(TAGS_MAX)] = ()
    notify: Annotated[tuple[Whom, ...], at_most(NOTIFY_MAX)] = ()

    @property
    def reassigns(self) -> bool:
        """Whether somebody else is to become responsible."""
        return self.group is not None or bool(self.agents)

    @property
    def meaning(self) -> Hashable:
        """What they come to: of agents the order counts, of tags and whom to tell it does not."""
        told = frozenset(self.notify)
        return self.priority, self.group, self.agents, frozenset(self.tags), told


class Mark(Frozen):
    """A reminder or an escalation of a clock.

    Attributes:
        offset: from the due time, in the target's calendar.
        percent: of the target, instead of an offset.
        level: the level to which the clock is escalated; none for a mere reminder.
        actions: what is done.
    """

    name: Name
    offset: Stated | None = None
    percent: Percent | None = None
    level: Level | None = None
    actions: Actions | None = None


def mark_faults(marks: tuple[Mark, ...], *place: str | int) -> list[Fault]:
    """What is wrong with the marks of a target although each of their values is valid."""
    faults, names, levels = [], set[str](), set[int]()
    for index, mark in enumerate(marks):
        where = (*place, index)
        if (mark.offset is None) == (mark.percent is None):
            faults.append(Fault(path_of(*where), "mark_kind", {}))
        if mark.name in names:
            faults.append(Fault(path_of(*where, "name"), "mark_twice", {}))
        if mark.level in levels:
            faults.append(Fault(path_of(*where, "level"), "level_twice", {"level": mark.level}))
        if mark.actions is not None:
            faults += _action_faults(mark.actions, mark.level, *where, "actions")
        names.add(mark.name)
        if mark.level is not None:
            levels.add(mark.level)
    return faults


def _action_faults(actions: Actions, level: int | None, *place: str | int) -> list[Fault]:
    """Actions that do nothing, and a hand-over without the level that makes it the only one."""
    if not any(value for _, value in actions):
        return [Fault(path_of(*place), "actions_empty", {})]
    if actions.reassigns and level is None:
        named = "agents" if actions.agents else "group"
        return [Fault(path_of(*place, named), "level_missing", {})]
    return []
