"""The demo desk promises something, and time passes for its clocks as on a running node."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.demo.plan import Plan
from deskledger.app.desk import Desk
from deskledger.consumers.processes.escalator import Escalator
from deskledger.consumers.processes.outcomes import Outcome
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.watch_beginning import from_ledger
from deskledger.consumers.processes.watcher import Watcher
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.ticket.clock_events import ClockEvent
from tests.demo.telling import Stream, made, streams
from tests.processes.build import FreeLease

# With this seed marks of both levels are reached in so few tickets.
PLAN = Plan(seed=5, tickets=250)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("promises") / "desk", PLAN)


@pytest.fixture(scope="module")
def desk(place: Path) -> dict[str, Stream]:
    return {stream.name: stream for stream in streams(place)}


def happened(desk: dict[str, Stream], kind: str) -> Iterator[tuple[Any, datetime]]:
    """The events of a kind, each with when it was recorded."""
    for stream in desk.values():
        pairs = zip(stream.events, stream.recorded_at, strict=True)
        yield from (pair for pair in pairs if pair[0].type == kind)


def test_what_is_promised_is_published_before_the_first_customer_comes(
    desk: dict[str, Stream],
) -> None:
    published = desk[POLICY_STREAM]
    assert max(published.recorded_at) < PLAN.begins_at
    document = published.state.latest.document
    assert {policy.name for policy in document.policies} == {"key accounts", "urgent", "standard"}
    assert document.public_days["CN"].holidays
    assert document.public_days["CN"].make_up


def test_promises_are_kept_missed_and_still_open(desk: dict[str, Stream]) -> None:
    tickets = [stream.state for name, stream in desk.items() if name.startswith("ticket/")]
    states = Counter(clock.state for one in tickets for clock in one.clocks.values())
    assert {"met", "breached", "ended", "running", "paused"} <= set(states)
    assert states["met"] > states["breached"]


def test_breaches_and_marks_are_recorded_when_they_come(desk: dict[str, Stream]) -> None:
    for kind in ("ClockBreached", "MarkReached"):
        found = list(happened(desk, kind))
        assert found
        assert all(0 <= (at - one.occurred_at).total_seconds() < 1 for one, at in found)


def test_marks_escalate_at_their_own_time(desk: dict[str, Stream]) -> None:
    reached = {(one.metric, one.mark, at) for one, at in happened(desk, "MarkReached") if one.level}
    escalated = [pair for pair in happened(desk, "TicketEscalated") if pair[0].level.after]
    assert {one.level.after for one, _ in escalated} == {1, 2}
    assert all((one.clock.metric, one.mark, at) in reached for one, at in escalated)


def test_no_clock_is_left_to_be_looked_at_before_the_end(desk: dict[str, Stream]) -> None:
    stated = {
        (name, event.metric, event.instance): event.next_at
        for name, stream in desk.items()
        for event in stream.events
        if isinstance(event, ClockEvent)
    }
    waiting = [at for at in stated.values() if at is not None]
    assert waiting
    assert min(waiting) > PLAN.ends_at


def test_a_node_that_begins_on_the_demo_finds_everything_done(place: Path) -> None:
    with Desk.open(place, clock=lambda: PLAN.ends_at) as desk:
        before = desk.ledger.progress()
        parts = Parts(desk.ledger, desk.writer, desk.clock, FreeLease())
        watcher = Watcher(parts, desk.ledger, lambda lanes, _due: from_ledger(desk.ledger, lanes))
        while watcher.step():
            pass
        assert desk.ledger.progress() == before
        escalator = Escalator(desk.ledger, lambda name: desk.writer.streams.load(name).state)
        runner = Runner(escalator, parts)
        while runner.step():
            pass
        assert runner.outcomes.counts()[Outcome.DUPLICATE.value] > 0
        assert runner.outcomes.counts()[Outcome.APPLIED.value] == 0
