"""The steps of a scenario file as the steps that clocks are folded from."""

from __future__ import annotations

from typing import assert_never

from deskledger.domain.sla.scenario.documents import (
    AnyStep,
    AssignStep,
    MessageStep,
    OpenStep,
    PublishStep,
    SetStep,
    StatusStep,
)
from deskledger.domain.sla.steps import STAYS, Message, Opening, Publication, Step
from deskledger.domain.sla.terms import Rules

PHONE = "phone"
_SET = ("priority", "type", "tier", "tags")
_OPENED = (*_SET, "channel")


def publication(step: PublishStep, rules: Rules) -> Step:
    """A publication with the rules that are in force after it."""
    return Step(step.at, publication=Publication(rules, reaches_open=step.reach == "open"))


def ticket_step(step: AnyStep) -> Step:
    """What a step of a ticket means."""
    match step:
        case OpenStep():
            return _opening(step)
        case MessageStep():
            message = Message(step.by, _contact(step.channel, public=step.public))
            return Step(step.at, message=message, status=step.status)
        case StatusStep():
            return Step(step.at, status=step.to)
        case AssignStep():
            return Step(step.at, agent=step.agent, group=_group(step), status=step.status)
        case SetStep():
            stated = [name for name in _SET if name in step.model_fields_set]
            changes = {name: getattr(step, name) or _empty(name) for name in stated}
            return Step(step.at, group=_group(step), changes=changes, status=step.status)
        case PublishStep():
            raise AssertionError("a publication is no step of a ticket")
        case _:
            assert_never(step)


def _opening(step: OpenStep) -> Step:
    counts = step.by == "agent" and step.public
    contact = _contact(step.channel, public=True) if counts else None
    attributes = {name: getattr(step, name) for name in _OPENED}
    opening = Opening(step.by, contact, attributes)
    return Step(step.at, opening=opening, group=step.group or STAYS, status=step.status)


def _contact(channel: str | None, *, public: bool) -> str:
    """A phone message is a call and nothing else."""
    if channel == PHONE:
        return "call"
    return "public_message" if public else "internal_note"


def _group(step: AssignStep | SetStep) -> str | None:
    return step.group if "group" in step.model_fields_set else STAYS


def _empty(name: str) -> tuple[str, ...] | None:
    return () if name == "tags" else None
