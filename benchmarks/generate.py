"""A desk with very many tickets, written without decide: real commits, judged and stored.

The desk is kept under `.cache/` between runs, so that each benchmark works on the same one;
`deskledger verify` passes on it.
"""

import heapq
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from report import CACHE, peak_mebibytes, print_machine, print_table
from scene import AGENTS_PER_GROUP, CHANNELS, GROUPS, Scene, Step, Ticket, choose, event, random_id
from stories import ticket_story, waiting_share

from deskledger.app.desk import Desk, NewDesk
from deskledger.eventlog.commit import Envelope, commit_hash, encode_commit, genesis_prev
from deskledger.eventlog.records import LEDGER, Draft
from deskledger.eventlog.vault.sealed_value import binding, seal_value
from deskledger.eventlog.vault.vault import Vault

TICKETS = 1_000_000
SEED = 7

_BEGUN_AT = datetime(2023, 1, 2, 8, tzinfo=UTC)
_SECONDS_PER_TICKET = 60
_TICKETS_PER_CUSTOMER = 3
# Each customer's key is made with others', and they share its durable write.
_CUSTOMERS_AT_ONCE = 1_000
_DRAFTS_AT_ONCE = 2_000
_DIGEST = "00" * 32
_SOFTWARE = "deskledger benchmark"


class Written(NamedTuple):
    """A commit that is ready, and when it is to be recorded; the order breaks ties."""

    at: datetime
    order: int
    draft: Draft


def generated_desk(tickets: int = TICKETS) -> Path:
    """The directory of the desk with so many tickets, made if it is not there yet."""
    directory = CACHE / f"desk-{tickets}"
    if not directory.exists():
        aside = CACHE / f".desk-{tickets}"
        shutil.rmtree(aside, ignore_errors=True)
        _generate(aside, tickets)
        aside.rename(directory)
    _bring_indexes(directory / LEDGER.name)
    return directory


def _bring_indexes(ledger: Path) -> None:
    """Gives a desk that was kept the indexes that were thought of since it was made.

    At a million tickets one takes about a minute, once.
    """
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        for statement in LEDGER.schema:
            if " INDEX " in statement:
                connection.execute(statement.replace(" INDEX ", " INDEX IF NOT EXISTS ", 1))


def _generate(directory: Path, tickets: int) -> None:
    with Desk.create(directory, NewDesk(zone="Asia/Shanghai"), clock=lambda: _BEGUN_AT) as desk:
        drafts = _drafts(desk, tickets)
        while some := list(islice(drafts, _DRAFTS_AT_ONCE)):
            receipts = desk.ledger.append(some)
            assert all(receipt.version is not None for receipt in receipts)


def _drafts(desk: Desk, tickets: int) -> Iterator[Draft]:
    """Every commit of the desk's life, in the order in which it is recorded."""
    rng = random.Random(SEED)  # noqa: S311 - the same desk for the same seed
    agents = {group: [random_id(rng) for _ in range(AGENTS_PER_GROUP)] for group in GROUPS}
    ends_at = _BEGUN_AT + timedelta(seconds=tickets * _SECONDS_PER_TICKET)
    scene = Scene(rng, _seal(desk.vault, rng), agents, ends_at)
    pen = _Pen(desk.ledger.desk, rng)
    yield from _people(scene, pen)
    waiting: list[tuple[Written, Iterator[Written]]] = []
    for story in _stories(scene, pen, _customers(desk.vault, rng), tickets):
        first = next(story)
        while waiting and waiting[0][0] < first:
            yield waiting[0][0].draft
            following = next(waiting[0][1], None)
            if following is None:
                heapq.heappop(waiting)
            else:
                heapq.heapreplace(waiting, (following, waiting[0][1]))
        heapq.heappush(waiting, (first, story))
    yield from (written.draft for written in heapq.merge(*_rest(waiting)))


def _rest(waiting: list[tuple[Written, Iterator[Written]]]) -> Iterator[list[Written]]:
    for first, story in waiting:
        yield [first, *story]


def _stories(
    scene: Scene, pen: "_Pen", strangers: Iterator[str], tickets: int
) -> Iterator[Iterator[Written]]:
    """The stories of customers and tickets, each written at once so that memory stays small."""
    rng = scene.rng
    opened_at = _BEGUN_AT
    customers: list[str] = []
    for number in range(tickets):
        opened_at += timedelta(seconds=rng.expovariate(1 / _SECONDS_PER_TICKET))
        if number % _TICKETS_PER_CUSTOMER == 0:
            customers.append(next(strangers))
            stream = f"customer/{customers[-1]}"
            yield iter(pen.written(stream, iter([_registered(scene, stream, opened_at)])))
        customer = customers[-1] if number % 2 else rng.choice(customers)
        ticket = Ticket(f"ticket/{random_id(rng)}", customer, opened_at, choose(rng, CHANNELS))
        waits = rng.random() < waiting_share(1 - number / tickets)
        yield iter(pen.written(ticket.stream, ticket_story(scene, ticket, waits=waits)))


def _customers(vault: Vault, rng: random.Random) -> Iterator[str]:
    """Ids of new customers without end, whose keys are there already."""
    while True:
        some = [random_id(rng) for _ in range(_CUSTOMERS_AT_ONCE)]
        vault.subject_keys([f"customer/{customer}" for customer in some])
        yield from some


def _registered(scene: Scene, stream: str, at: datetime) -> Step:
    kind = "CustomerRegistered"
    named = scene.seal(stream, kind, "/personal_fields", stream, {"name": "李 Zoe Miller"})
    stated: dict[str, Any] = {
        "language": "zh",
        "zone": None,
        "tier": "standard",
        "fields": {},
        "source": "email",
    }
    registered = event(kind, at, kind="person", personal_fields=named, **stated)
    return Step(at, "RegisterCustomer", {"kind": "service", "id": "intake"}, None, [registered])


def _people(scene: Scene, pen: "_Pen") -> Iterator[Draft]:
    system = {"kind": "system", "id": "benchmark"}
    nothing: dict[str, Any] = {"skills": [], "languages": [], "limits": {}, "zone": None}
    for group, agents in scene.agents.items():
        for agent in agents:
            stream = f"agent/{agent}"
            named = {"name": f"Agent {agent[:4]}"}
            sealed = scene.seal(stream, "AgentJoined", "/personal_fields", stream, named)
            joined = event(
                "AgentJoined", _BEGUN_AT, personal_fields=sealed, roles=["agent"], **nothing
            )
            yield from pen.drafts(stream, Step(_BEGUN_AT, "AddAgent", system, None, [joined]))
        names = {"names": {"en": group}, "calendar": None, "parent": None, "restricted": False}
        formed = event("GroupFormed", _BEGUN_AT, **names)
        members = [{"agent": agent, "lead": False} for agent in agents]
        staffed = event("GroupMembersChanged", _BEGUN_AT, added=members, removed=[])
        step = Step(_BEGUN_AT, "FormGroup", system, None, [formed, staffed])
        yield from pen.drafts(f"group/{group}", step)


class _Pen:
    """Writes steps as commits, each following the one before in its stream."""

    def __init__(self, desk: str, rng: random.Random) -> None:
        self._genesis = genesis_prev(desk)
        self._rng = rng
        self._order = 0

    def drafts(self, stream: str, *steps: Step) -> Iterator[Draft]:
        return (written.draft for written in self.written(stream, iter(steps)))

    def written(self, stream: str, steps: Iterator[Step]) -> list[Written]:
        version, prev, found = 1, self._genesis, []
        for step in steps:
            value = self._value(stream, version, prev, step)
            version, prev = version + len(step.events), commit_hash(value)
            self._order += 1
            found.append(Written(step.at, self._order, Draft(stream, value)))
        return found

    def _value(self, stream: str, version: int, prev: bytes, step: Step) -> bytes:
        command = random_id(self._rng)
        envelope = Envelope(
            command_id=command,
            command_type=step.command,
            digest=_DIGEST,
            actor=step.actor,
            on_behalf_of=step.on_behalf_of,
            source={"surface": "http", "id": "console"},
            correlation=command,
            cause=None,
            reads={"desk": 1},
            software=_SOFTWARE,
        )
        return encode_commit(
            commit_id=random_id(self._rng),
            stream=stream,
            version=version,
            prev=prev,
            recorded_at=step.at,
            envelope=envelope,
            events=step.events,
        )


def _seal(vault: Vault, rng: random.Random) -> Any:
    def seal(stream: str, kind: str, pointer: str, subject: str, value: Any) -> dict[str, Any]:
        text = pointer == "/text"
        key = vault.text_key(subject) if text else vault.subject_keys((subject,))[subject]
        return seal_value(key, rng.randbytes(12), binding(stream, kind) + pointer.encode(), value)

    return seal


def main() -> None:
    """Make the desk, or say that it is there."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    print_machine()
    began = time.perf_counter()
    directory = generated_desk(tickets)
    seconds = time.perf_counter() - began
    with Desk.open(directory) as desk:
        progress = desk.ledger.progress()
    print_table(
        f"{directory.name}, made in {seconds:.0f} s, {peak_mebibytes():.0f} MiB",
        ("lane", "records", "events"),
        [(lane.lane, lane.records, lane.sequence) for lane in progress],
    )


if __name__ == "__main__":
    main()
