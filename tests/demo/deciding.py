"""A story decided by the domain alone, without a ledger."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from deskledger.app.demo.scribe import Step
from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.identifiers import agent_id, ticket_id
from deskledger.domain.streams import stream_type
from tests.demo.telling import MANAGER


class Decided(NamedTuple):
    """A step and what the domain says to it."""

    step: Step
    outcome: str
    code: str | None


def decided(story: Iterable[Step]) -> Iterator[Decided]:
    """Decide and fold the steps of a story one after another."""
    states: dict[str, Any] = {}
    versions: dict[str, int] = {}
    _add_manager(states, versions, next(iter(story)))
    for step in story:
        stream = step.stream or _made(step)
        kind = stream_type(stream)
        context = _context(step, stream)
        needed = kind.needs(states.get(stream), step.command, context)
        context = _context(step, stream, {name: states.get(name) for name in needed})
        try:
            events = kind.decide(states.get(stream), step.command, context)
        except CommandRefused as refused:
            yield Decided(step, "refused", refused.code)
            continue
        version = versions.get(stream, 0)
        states[stream] = kind.after(states.get(stream), events, version + 1, context.acting.kind)
        versions[stream] = version + len(events)
        yield Decided(step, "done" if events else "nothing", None)


def _add_manager(states: dict[str, Any], versions: dict[str, int], first: Step) -> None:
    stream = f"agent/{MANAGER}"
    kind = stream_type(stream)
    for event in kind.decide(None, AddAgent(), _context(first, stream)):
        versions[stream] = versions.get(stream, 0) + 1
        states[stream] = kind.evolve(states.get(stream), event, versions[stream])


def _context(step: Step, stream: str, states: dict[str, Any] | None = None) -> Context:
    request = step.request
    return Context(
        now=step.at,
        command_id=request.command_id or "",
        stream=stream,
        actor=request.actor,
        on_behalf_of=request.on_behalf_of,
        record_late=request.record_late,
        configures=request.configures,
        states=states or {},
    )


def _made(step: Step) -> str:
    identity = step.request.command_id or ""
    if isinstance(step.command, AddAgent):
        return f"agent/{agent_id(identity)}"
    return f"ticket/{ticket_id(identity)}"
