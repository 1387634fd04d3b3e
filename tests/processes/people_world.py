"""Customers and identities in memory, and what the process does about them, one step at a time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from deskledger.consumers.processes.addresses import Addresses
from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.commands import Command
from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.domain.events import Event
from tests.domain.stories import NOON, Story, minutes


@dataclass
class World:
    """Streams by name, and the reactions that wait, in the order of each causing stream."""

    streams: dict[str, Story] = field(default_factory=dict)
    waiting: dict[str, deque[Reaction]] = field(default_factory=dict)
    now: datetime = NOON

    def put(self, stream: str, command: Command) -> bool:
        """Decides a command a minute later; says whether it was accepted."""
        self.now += minutes(1)
        others = {name: story.state for name, story in self.streams.items()}
        known = self.streams.get(stream, Story(stream=stream))
        story = replace(known, others=others, now=self.now, steps=known.steps + 1)
        try:
            events = story.decide(command)
        except (CommandRefused, InvalidInput):
            return False
        self.streams[stream] = story.told(*events)
        self._note(stream, len(story.events), events)
        return True

    def _note(self, stream: str, version: int, events: list[Event]) -> None:
        process = Addresses()
        for number, event in enumerate(events, version + 1):
            if event.type in process.types:
                fact = Fact(0, number, stream, number, event.written())
                self.waiting.setdefault(stream, deque()).extend(process.reactions(fact))

    def react(self, pick: int) -> None:
        """Does the next of what waits because of one stream."""
        causes = sorted(name for name, waiting in self.waiting.items() if waiting)
        if causes:
            reaction = self.waiting[causes[pick % len(causes)]].popleft()
            assert self.put(reaction.stream, reaction.command), reaction

    def settle(self) -> None:
        """Does everything that waits, and what follows from that."""
        for _ in range(10_000):
            if not any(self.waiting.values()):
                return
            self.react(0)
        raise AssertionError("it never comes to an end")
