"""Given a stream's past, when a command comes, then these events, this refusal, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.commands import Command
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import Event
from deskledger.domain.group.commands import AddMember, FormGroup
from deskledger.domain.identifiers import derived_id
from deskledger.domain.shapes import Actor
from deskledger.domain.streams import stream_type

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICKET = f"ticket/{derived_id('ticket', 'one')}"
ANN = derived_id("agent", "ann")
BOB = derived_id("agent", "bob")
CUSTOMER = derived_id("customer", "zoe")
AS_ANN = Actor(kind="agent", id=ANN)
AS_BOB = Actor(kind="agent", id=BOB)
AS_CUSTOMER = Actor(kind="customer", id=CUSTOMER)
AS_BOT = Actor(kind="bot", id="greeter")
AS_RULE = Actor(kind="rule", id="triage", version=3)
AS_SERVICE = Actor(kind="service", id="router")
AS_LINKER = Actor(kind="system", id="linker", version=1)
AS_IMPORTER = Actor(kind="importer", id="old-desk")


def minutes(count: float) -> timedelta:
    """A span of minutes."""
    return timedelta(minutes=count)


@dataclass(frozen=True)
class Story:
    """A stream with its past, to which commands can be put; each step gives a new story.

    Attributes:
        others: states of other streams, by name.
        now: the clock; moved on with `after`.
    """

    stream: str = TICKET
    state: Any = None
    events: tuple[Event, ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)
    now: datetime = NOON
    actor: Actor = AS_ANN
    on_behalf_of: Actor | None = None
    history: bool = False
    record_late: bool = False
    configures: bool = False
    steps: int = 0

    def by(self, actor: Actor) -> Story:
        """The same story, in which somebody else acts."""
        return replace(self, actor=actor)

    def after(self, count: float) -> Story:
        """The story some minutes later."""
        return replace(self, now=self.now + minutes(count))

    def past(self) -> Story:
        """The story told by an import."""
        return replace(self, actor=AS_IMPORTER, history=True)

    def recording_late(self) -> Story:
        """The story with the right to record late facts."""
        return replace(self, record_late=True)

    def configuring(self) -> Story:
        """The story with the right to configure the desk."""
        return replace(self, configures=True)

    def beside(self, **streams: Story) -> Story:
        """The story in a desk where these streams exist as well."""
        states = {story.stream: story.state for story in streams.values()}
        return replace(self, others={**self.others, **states})

    def decide(self, command: Command) -> list[Any]:
        """The events that the command causes; every one must survive being stored."""
        kind = stream_type(self.stream)
        assert type(command) is kind.commands[type(command).__name__]
        context = Context(
            now=self.now,
            command_id=derived_id("command", self.stream, str(self.steps)),
            stream=self.stream,
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            history=self.history,
            record_late=self.record_late,
            configures=self.configures,
        )
        needed = kind.needs(self.state, command, context)
        context = context._replace(states={name: self.others.get(name) for name in needed})
        if kind.further is not None:
            further = needed | kind.further(self.state, command, context)
            context = context._replace(states={name: self.others.get(name) for name in further})
        events: list[Any] = kind.decide(self.state, command, context)
        for event in events:
            stored = event.model_dump(mode="json")
            read = kind.read(stored)
            assert read.model_dump(mode="json") == stored
            # An event is made without validation: it must be valid, its fields in their order.
            assert json.dumps(read.written()) == json.dumps(event.written())
        return events

    def told(self, *events: Event) -> Story:
        """The story in which these events have happened."""
        acting = (self.on_behalf_of or self.actor).kind
        kind, version = stream_type(self.stream), len(self.events) + 1
        state = kind.after(self.state, events, version, acting) if events else self.state
        return replace(self, state=state, events=(*self.events, *events))

    def when(self, *commands: Command) -> Story:
        """The story after commands that are accepted."""
        story = self
        for command in commands:
            told = story.told(*story.decide(command))
            story = replace(told, steps=story.steps + 1)
        return story

    def then(self, command: Command, *types: type[Event]) -> list[Any]:
        """Put a command; it must cause events of exactly these types, which are given back."""
        events = self.decide(command)
        assert [type(event) for event in events] == list(types)
        return events

    def then_nothing(self, command: Command) -> None:
        """Put a command; nothing happened."""
        assert self.decide(command) == []

    def then_refused(self, command: Command, code: str, **facts: object) -> dict[str, Any]:
        """Put a command; it must be refused with the code and, among others, these facts."""
        with pytest.raises(CommandRefused) as refused:
            self.decide(command)
        assert refused.value.code == code
        told = refused.value.facts
        assert {name: told.get(name) for name in facts} == facts
        return told


def agent(agent_id: str) -> Story:
    """An agent of the desk."""
    return Story(stream=f"agent/{agent_id}").when(AddAgent())


def group(name: str, *members: str) -> Story:
    """A group with members."""
    formed = Story(stream=f"group/{name}").when(FormGroup(names={"en": name}))
    formed = formed.beside(**{f"agent{n}": agent(member) for n, member in enumerate(members)})
    return formed.when(*(AddMember(agent=member) for member in members))


def ticket_named(name: str) -> str:
    """The stream of an invented ticket."""
    return f"ticket/{derived_id('ticket', name)}"


def part(story: Story) -> str:
    """The id in a story's stream."""
    return story.stream.partition("/")[2]


def desk() -> Story:
    """A ticket's story, not begun, in a desk with Ann and Bob, both in `first-line`.

    Bob is in `second-line` as well.
    """
    return Story().beside(
        ann=agent(ANN),
        bob=agent(BOB),
        first=group("first-line", ANN, BOB),
        second=group("second-line", BOB),
    )
