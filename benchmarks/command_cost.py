"""Where one command's CPU time goes: identify, decide, evolve, seal, encode, judge, store.

Each step is repeated alone, on one thread, with the very values that the whole command uses: an
agent's reply on a ticket of fifty events. The store's share includes the kernel's work for a
transaction and its sync, which grouped writers share.
"""

import time
from collections.abc import Callable

from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.commands import Command
from deskledger.domain.context import Context
from deskledger.domain.events import Event
from deskledger.domain.personal import personal_paths
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import LaneState
from deskledger.eventlog.opening import utc_now
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.vault.sealing import Sealer
from deskledger.eventlog.writing.identified import identify
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task

EVENTS = 50
REPEATS = 3_000
TEXT = "We have sent the spare part today; 备件今天已经寄出，预计两天内送达。 " * 3


class _Follows:
    """A lane in which the draft's stream stands just before the draft."""

    def __init__(self, head: Head) -> None:
        self._head = head

    def head(self, stream: str) -> Head | None:
        return self._head if stream else None

    def has_command(self, stream: str, command: bytes) -> bool:
        return not stream and not command


def main() -> None:
    """Measure and print."""
    print_machine()
    with scratch() as place:
        desk = Desk.create(place / "desk", NewDesk(zone="Asia/Shanghai"))
        rows = _steps(desk)
        desk.close()
    whole = rows[-1][1]
    print_table(
        f"CPU per command, µs (mean of {REPEATS:,})",
        ("step", "µs", "share"),
        [(name, cost, f"{cost / whole:.0%}") for name, cost in rows],
    )


def _steps(desk: Desk) -> list[tuple[str, float]]:
    writer = desk.writer
    request = Request(Actor(kind="agent", id=desk.first_agent()), "cli", "benchmark")
    opening = OpenTicket(channel="email", subject="A ticket")
    ticket = writer.execute(None, opening, request).stream
    reply: Command = SendReply(text=TEXT)
    writer.execute_many(Task(ticket, reply, request) for _ in range(EVENTS))

    key = desk.vault.secrets.command
    task = identify(key, ticket, reply, request)
    loaded = writer.streams.load(ticket)
    proposer = writer._recording._proposer  # noqa: SLF001
    context = Context(utc_now(), task.command_id, ticket, request.actor)
    needed = loaded.type.needs(loaded.state, reply, context)
    context = context._replace(states={s: writer.streams.load(s).state for s in needed})
    event: Event = loaded.type.decide(loaded.state, reply, context)[0]
    body, paths = event.model_dump(mode="json"), personal_paths(type(event))
    proposal = proposer.propose(task, loaded, writer.streams.load)
    draft = proposer.write(proposal, loaded.hash)
    lane, follows = _lane_of(desk, ticket), _Follows(Head(loaded.version, loaded.hash))
    sealer = Sealer(desk.vault)
    seal = _cost(lambda: sealer.seal(ticket, body, paths, ticket))
    return [
        ("identify (id and digest)", _cost(lambda: identify(key, ticket, reply, request))),
        ("decide", _cost(lambda: loaded.type.decide(loaded.state, reply, context))),
        ("evolve", _cost(lambda: loaded.type.evolve(loaded.state, event, loaded.version + 1))),
        ("to JSON", _cost(lambda: event.model_dump(mode="json"))),
        ("seal", seal),
        ("encode", _cost(lambda: proposer.write(proposal, loaded.hash)) - seal),
        ("judge", _cost(lambda: judge(lane, follows, ticket.encode(), draft.value))),
        ("store, one transaction each", _cost(lambda: desk.ledger.append([draft]))),
        ("store, 32 in a transaction", _cost_of_many(desk, draft)),
        ("whole command, one writer", _cost(lambda: writer.execute(ticket, reply, request))),
    ]


def _lane_of(desk: Desk, ticket: str) -> LaneState:
    ledger = desk.ledger
    assert isinstance(ledger, EmbeddedLedger)
    lane = ledger.history(ticket)[0].lane
    return ledger._store.lanes[lane]  # noqa: SLF001 - the state that the judge is given


def _cost_of_many(desk: Desk, draft: Draft) -> float:
    return _cost(lambda: desk.ledger.append([draft] * 32), REPEATS // 32) / 32


def _cost(step: Callable[[], object], repeats: int = REPEATS) -> float:
    step()
    began = time.process_time()
    for _ in range(repeats):
        step()
    return (time.process_time() - began) / repeats * 1e6


if __name__ == "__main__":
    main()
