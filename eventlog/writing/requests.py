"""What is asked of the desk beside the command itself, and what the desk answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from deskledger.domain.shapes import Actor

# Their refused and idle commands are recorded; those of the desk's own processes are not.
OUTSIDE = frozenset({"agent", "customer", "bot", "service", "importer"})


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that triggered a command."""

    stream: str
    version: int


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, on whose behalf, from where, and with which key.

    A caller states either `key`, from which the command's id follows for this surface and
    credential, or `command_id` itself, as the desk's own processes do. Repeating the same id is
    always safe: it gives the first answer again.

    Attributes:
        surface: where the command came in: cli, http, import, process …
        credential: which user, token or mapping of that surface.
        key: the caller's idempotency key; a new random one where it is left out.
        correlation: id of the command that began the chain; this command's where left out.
        history: import mode: guards off, any status to any.
        record_late: the right to record status and assignment that lie in the past.
        configures: the right to publish and withdraw what holds for the desk.
    """

    actor: Actor
    surface: str
    credential: str
    key: str | None = None
    command_id: str | None = None
    on_behalf_of: Actor | None = None
    correlation: str | None = None
    cause: Cause | None = None
    history: bool = False
    record_late: bool = False
    configures: bool = False

    @property
    def outside(self) -> bool:
        """Whether the answer is recorded even when nothing changes."""
        return self.actor.kind in OUTSIDE


class Answer(NamedTuple):
    """The desk's decided answer to a command, the same at every repetition.

    Attributes:
        outcome: done, refused, or nothing to do.
        stream: the stream in which it was decided.
        number: the stream's number, for people; null where the stream does not exist.
        version: the stream's version after the answer, 0 where the stream does not exist.
        code: the refusal's code.
        facts: what explains the refusal; never personal values.
        events: the types of the events that were recorded.
        position: (lane, sequence) of the last recorded event; null when none was.
        repeated: whether this answer had been given before.
    """

    outcome: Literal["done", "refused", "nothing"]
    stream: str
    number: int | None
    version: int
    code: str | None
    facts: Mapping[str, Any]
    events: tuple[str, ...] = ()
    position: tuple[int, int] | None = None
    repeated: bool = False
