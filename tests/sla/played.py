"""A scenario's timeline as commands on a live ticket, as an import of history would tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from deskledger.domain.commands import Command
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.shapes import Actor
from deskledger.domain.sla.instants import instant_of, parse_instant
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ResumeTicket,
    SolveTicket,
    UnassignTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together
from tests.domain.stories import ANN, CUSTOMER, Story

AS = {
    "agent": Actor(kind="agent", id=ANN),
    "customer": Actor(kind="customer", id=CUSTOMER),
    "bot": Actor(kind="bot", id="greeter"),
}
STATUS: dict[str, Command] = {
    "open": ResumeTicket(),
    "pending": PendTicket(reason="asked"),
    "on_hold": HoldTicket(reason="part"),
    "solved": SolveTicket(resolution="fixed"),
    "closed": CloseTicket(reason="settled"),
}
YEARS = 60 * 24 * 365 * 100


class NotPlayable(Exception):
    """No command says this of a ticket, be it because it has another form."""


class Played:
    """One ticket of a scenario, told by commands; the service levels are published beside it."""

    def __init__(self, path: Path) -> None:
        read = json.loads(path.read_text(encoding="utf-8"))
        self.timeline: list[dict[str, Any]] = read["timeline"]
        self._document = {"format": 1, "calendars": read["calendars"], "policies": read["policies"]}
        first = Publish(document=self._stored("new"), occurred_at=instant_of(-(2**50)))
        self._levels = Story(stream=POLICY_STREAM).configuring().after(YEARS).when(first)
        for step in sorted(self.timeline, key=moment_of):
            if step["do"] == "publish":
                self._publish(step)

    def _publish(self, step: dict[str, Any]) -> None:
        self._document |= {name: step[name] for name in ("calendars", "policies") if name in step}
        document, at = self._stored(step.get("reach", "new")), time_of(step)
        self._levels = self._levels.when(Publish(document=document, occurred_at=at))

    def _stored(self, reach: str) -> dict[str, Any]:
        stored: dict[str, Any] = json.loads(json.dumps({**self._document, "reach": reach}))
        if any("public_holidays" in one for one in stored["calendars"].values()):
            raise NotPlayable("the dates are found when a file is published")
        for policy in stored["policies"]:
            for target in policy["targets"]:
                for mark in target.get("marks", ()):
                    if "percent" in mark:
                        mark["percent"] = str(mark["percent"])
        return stored

    def story(self, ticket: str, until: int) -> Story:
        """The ticket after its steps up to an instant, in the order of the file."""
        story = Story().past().after(YEARS).beside(levels=self._levels)
        for step in self.timeline:
            is_own = step.get("ticket", "t1") == ticket and step["do"] != "publish"
            if is_own and moment_of(step) <= until:
                by = step.get("by", "agent")
                story = story.by(AS[by]).when(command_of(step, by))
        return story


def moment_of(step: dict[str, Any]) -> int:
    return parse_instant(step["at"])


def time_of(step: dict[str, Any]) -> datetime:
    return instant_of(moment_of(step))


def command_of(step: dict[str, Any], by: str) -> Command:
    """What tells a step, all at once."""
    parts = tuple(_parts(step, by))
    if not parts:
        raise NotPlayable(step["do"])
    return Together.model_validate(
        {"occurred_at": step["at"], "parts": [{"type": one.type, **one.stated()} for one in parts]}
    )


def _parts(step: dict[str, Any], by: str) -> Iterator[Command]:
    status = step.get("to", step.get("status"))
    match step["do"]:
        case "open":
            yield _opening(step, by, status or "new")
            if step.get("public") and by == "agent":
                yield _contact(step, by)
            return
        case "message":
            yield _contact(step, by)
        case "assign":
            yield _party(step)
        case "set":
            yield from _set(step)
    if status is not None and status not in STATUS:
        raise NotPlayable(status)
    if status is not None:
        yield STATUS[status]


def _opening(step: dict[str, Any], by: str, status: str) -> Command:
    if status in ("solved", "closed"):
        raise NotPlayable("opened settled")
    named = ("priority", "tier", "group", "tags")
    stated: dict[str, Any] = {name: step[name] for name in named if name in step}
    direction = "in" if by == "customer" else "out"
    if "type" in step:
        stated["type_code"] = step["type"]
    channel = step.get("channel", "nowhere")
    return OpenTicket.model_validate(
        {"channel": channel, "direction": direction, "status": status, **stated}
    )


def _contact(step: dict[str, Any], by: str) -> Command:
    if step.get("channel") == "phone":
        if by == "bot":
            raise NotPlayable("a bot that calls")
        at, direction = step["at"], "in" if by == "customer" else "out"
        call = {"direction": direction, "started_at": at, "ended_at": at}
        return LogCall.model_validate({**call, "answered": by == "agent"})
    if by == "customer":
        return ReceiveMessage(text="?")
    return SendReply(text="!") if step.get("public", True) else AddNote(text="!")


def _party(step: dict[str, Any]) -> Command:
    if step.get("agent") is None and "group" not in step:
        return UnassignTicket()
    stated = {name: step[name] for name in ("group", "agent") if name in step}
    return AssignTicket.model_validate(stated)


def _set(step: dict[str, Any]) -> Iterator[Command]:
    if "group" in step or "tags" in step:
        raise NotPlayable("whole lists of tags, and groups that keep the agent")
    if "priority" in step:
        yield PrioritiseTicket(priority=step["priority"])
    named = {"type_code": step.get("type"), "tier": step.get("tier")}
    stated = {name: value for name, value in named.items() if value is not None}
    if stated:
        yield ClassifyTicket.model_validate(stated)
