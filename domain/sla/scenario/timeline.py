"""What is wrong with a timeline although each of its steps is valid by itself."""

from __future__ import annotations

from collections.abc import Sequence

from deskledger.domain.sla.faults import Fault, path_of, shown
from deskledger.domain.sla.scenario.documents import (
    AnyStep,
    AssignStep,
    OpenStep,
    PublishStep,
)


def timeline_faults(timeline: Sequence[AnyStep]) -> list[Fault]:
    """Steps that say nothing, tickets opened twice, and steps before their ticket's opening."""
    faults: list[Fault] = []
    opened: dict[str, int] = {}
    for index, step in enumerate(timeline):
        fault = _said_nothing(step, index)
        if fault is None and not isinstance(step, PublishStep):
            fault = _order(step, index, opened)
        if isinstance(step, OpenStep):
            opened.setdefault(step.ticket, step.at)
        if fault is not None:
            faults.append(fault)
    return faults


def _said_nothing(step: AnyStep, index: int) -> Fault | None:
    stated = step.model_fields_set
    if isinstance(step, AssignStep) and not stated & {"agent", "group"}:
        return Fault(path_of("timeline", index), "assign_nobody", {})
    if isinstance(step, PublishStep) and step.calendars is None and step.policies is None:
        return Fault(path_of("timeline", index), "publish_nothing", {})
    return None


def _order(step: AnyStep, index: int, opened: dict[str, int]) -> Fault | None:
    assert not isinstance(step, PublishStep), "a publication belongs to no ticket"
    ticket = shown(step.ticket)
    at = opened.get(step.ticket)
    if isinstance(step, OpenStep):
        facts = {"ticket": ticket}
        return None if at is None else Fault(path_of("timeline", index), "opened_twice", facts)
    if at is None:
        return Fault(path_of("timeline", index), "not_opened", {"ticket": ticket})
    if step.at < at:
        return Fault(path_of("timeline", index, "at"), "before_opening", {"ticket": ticket})
    return None
