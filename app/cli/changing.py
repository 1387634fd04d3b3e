"""A run that changes the desk: who acts, when it happened, and the key that makes it repeatable."""

import uuid
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.answers import show_answer
from deskledger.app.cli.values import instant, made
from deskledger.domain.commands import Command
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Actor
from deskledger.eventlog.writing.requests import Answer, Request

SURFACE = "cli"
# Which roles may say what an earlier status or party was, and which may change configuration.
RECORDS_LATE = frozenset({"admin"})
CONFIGURES = frozenset({"admin"})


class Changing(Session):
    """What a command that changes the desk works with.

    Attributes:
        key: the stated key, else a new one, which is told where repeating is the way out.
    """

    def __init__(self, everywhere: Everywhere, key: str | None, at: str | None) -> None:
        """Begins the run.

        Raises:
            InvalidInput: the key is empty, as that of a script is whose variable was never set: a
                new one in its place would do twice what the caller believes to repeat.
        """
        if key is not None and not key.strip():
            raise InvalidInput("The key is empty; name this command, or leave --key out.")
        super().__init__(everywhere)
        self.key: str = key or str(uuid.uuid4())
        self._at = at

    @cached_property
    def at(self) -> datetime | None:
        """When it happened, where that was stated."""
        return None if self._at is None else instant(self._at, self.zone)

    def state_time(self, at: datetime) -> None:
        """Says when it happened, where what is recorded depends on that."""
        self.at = at

    @cached_property
    def agent(self) -> str:
        """Id of the agent who acts."""
        stated = self.settings.agent
        return self.desk.first_agent() if stated is None else lookup.agent(self.desk, stated)

    @cached_property
    def request(self) -> Request:
        """Who asks, and by which key."""
        state = self.desk.writer.streams.load(f"agent/{self.agent}").state
        roles = () if state is None else state.profile["roles"].present
        return Request(
            Actor(kind="agent", id=self.agent),
            SURFACE,
            self.agent,
            key=self.key,
            record_late=not RECORDS_LATE.isdisjoint(roles),
            configures=not CONFIGURES.isdisjoint(roles),
        )

    def on_behalf_of(self, person: Actor) -> None:
        """Says that somebody else did in the world what the agent records."""
        self.request = replace(self.request, on_behalf_of=person)

    def execute(self, stream: str | None, kind: type[Command], /, **stated: Any) -> None:
        """Decides a command on a stream and shows the answer; ends with code 1 where refused.

        Args:
            stream: a stream's name; None where the command makes it.
            kind: the command's class.
            stated: its fields; one that is None was not stated, see `values.CLEARED`.

        Raises:
            InvalidInput: a field is not valid.
        """
        self.show(self.decide(stream, made(kind, occurred_at=self.at, **stated)))

    def decide(self, stream: str | None, asked: Command, request: Request | None = None) -> Answer:
        """Decides a command on a stream, by the run's own request unless another is given."""
        return self.desk.writer.execute(stream, asked, request or self.request)

    def try_out(self, stream: str, asked: Command) -> None:
        """Decides a command without recording anything; ends with code 1 where it is refused."""
        answer = self.desk.writer.try_out(stream, asked, self.request)
        if answer.outcome == "refused":
            self.show(answer)

    def first(self, step: str, stream: str, kind: type[Command], /, **stated: Any) -> Answer:
        """Decides a command that goes before the one asked for; shown only where it is refused.

        Its key follows from the run's own and `step`, so repeating the run repeats it too.
        """
        asked = made(kind, occurred_at=self.at, **stated)
        answer = self.decide(stream, asked, replace(self.request, key=f"{self.key}/{step}"))
        if answer.outcome == "refused":
            self.show(answer)
        return answer

    def show(self, answer: Answer) -> None:
        """Shows an answer; ends with code 1 where it is a refusal."""
        show_answer(self, answer)
        if answer.outcome == "refused":
            raise typer.Exit(REFUSED)
