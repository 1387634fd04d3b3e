"""What clocks add to a command on a live ticket of fifty events, by what the command is.

Each command is decided again and again on the ticket as the command before left it, as a desk
does: the clocks are taken on by that command's step, copied, compared with the record, and the
differences become events. Beside it stand a fold of the whole history, and the same without
service levels.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from report import print_machine, print_table
from service_levels import OFFICE, POLICY

from deskledger.domain.commands import Command
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM, policy_history
from deskledger.domain.context import Context
from deskledger.domain.events import Event
from deskledger.domain.identifiers import derived_id
from deskledger.domain.shapes import Actor, By
from deskledger.domain.streams import TICKET, stream_type
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.clock_events import ClockEvent
from deskledger.domain.ticket.clock_history import fold
from deskledger.domain.ticket.commands import OpenTicket, PendTicket, PrioritiseTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together

EVENTS = 50
REPEATS = 300
ROUNDS = 7
BEGIN = datetime(2026, 6, 8, 7, tzinfo=UTC)
STEP = timedelta(minutes=7)
STREAM = f"ticket/{derived_id('ticket', 'benchmark')}"
AGENT = Actor(kind="agent", id=derived_id("agent", "ann"))
RULE = By(kind="rule", id="solver", version=1)
# What happens again and again until the ticket has its events.
ROUND: tuple[Command, ...] = (
    Together(parts=(SendReply(text="Hello"), PendTicket(reason="asked"))),
    ReceiveMessage(text="Hello"),
    AddNote(text="!"),
    TagTicket(add=("heard",)),
    TagTicket(remove=("heard",)),
)
MEASURED: tuple[tuple[str, Command], ...] = (
    ("a note", AddNote(text="!")),
    ("a reply", SendReply(text="Hello")),
    ("a reply, then pending", ROUND[0]),
    ("a customer's message", ROUND[1]),
    ("another priority", PrioritiseTicket(priority="high")),
    ("solved", SolveTicket(resolution="fixed", by=RULE)),
)


class Told:
    """A ticket in a desk with service levels, or without, told until it has its events."""

    def __init__(self, policies: Any) -> None:
        self._states = {POLICY_STREAM: policies}
        self._command = 0
        self.state: Any = None
        self.before: Any = None
        self.events: list[Event] = []
        self._tell(OpenTicket(channel="email", priority="normal"))
        happened = 0
        while happened < EVENTS:
            events = self._tell(ROUND[self._command % len(ROUND)])
            happened += sum(not isinstance(event, ClockEvent) for event in events)

    def decide(self, state: Any, command: Command) -> list[Event]:
        """The events of a command that comes a while after the one before."""
        now = BEGIN if state is None else state.latest_at + STEP
        told = Context(now, derived_id("command", "x"), STREAM, AGENT, states=self._states)
        return TICKET.decide(state, command, told)

    def again(self) -> Any:
        """The ticket as the latest command left it, with nothing remembered but what was before."""
        return TICKET.after(self.before, self.events, self.before.version + 1, "agent")

    def _tell(self, command: Command) -> list[Event]:
        self._command += 1
        self.before, self.events = self.state, self.decide(self.state, command)
        version = 1 if self.before is None else self.before.version + 1
        self.state = TICKET.after(self.before, self.events, version, "agent")
        return self.events


def main() -> None:
    """Measure and print."""
    print_machine()
    kind = stream_type(POLICY_STREAM)
    document = {"format": 1, "calendars": {"office": OFFICE}, "policies": [POLICY]}
    admin = Context(BEGIN - STEP, derived_id("command", "p"), POLICY_STREAM, AGENT, configures=True)
    policies = kind.after(None, kind.decide(None, Publish(document=document), admin), 1, "agent")
    with_levels, without = Told(policies), Told(None)
    rows = []
    for name, command in MEASURED:
        bare, _ = _cost(without, command)
        whole, events = _cost(with_levels, command)
        clocks = sum(isinstance(event, ClockEvent) for event in events)
        rows.append((name, f"{bare:.1f}", f"{whole:.1f}", f"{whole - bare:.1f}", clocks))
    steps = with_levels.state.clock_history.steps
    history = policy_history(policies)
    assert history is not None, "they were published"
    anew = _best(lambda: fold(steps, history, steps[-1].at))
    print_table(
        f"Deciding on a ticket of {EVENTS} events, µs of CPU, best of {ROUNDS}",
        ("command", "without levels", "with levels", "clocks", "clock events"),
        [*rows, (f"all {len(steps)} steps folded anew", "", "", f"{anew:.1f}", "")],
    )


def _cost(told: Told, command: Command) -> tuple[float, list[Event]]:
    """Deciding a command, without what making the ticket ready for it costs."""
    ready = _best(told.again)
    whole = _best(lambda: told.decide(told.again(), command))
    return whole - ready, told.decide(told.again(), command)


def _best(step: Callable[[], object]) -> float:
    step()
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(REPEATS):
            step()
        best = min(best, time.process_time() - began)
    return best / REPEATS * 1e6


if __name__ == "__main__":
    main()
