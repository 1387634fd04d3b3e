"""The checker of histories finds every mistake that is put into a right one, and no others."""

import dataclasses
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.eventlog.records import StoredRecord
from tests.eventlog.build import ticket
from tests.kafka.checker import Evidence, check
from tests.kafka.findings import Fault
from tests.kafka.history import Attempt, Outcome
from tests.kafka.worlds import (
    ACKNOWLEDGED,
    CONFLICT,
    DUPLICATE,
    Call,
    Kind,
    Step,
    attempts_of,
    evidence,
    steps_of,
    worlds,
    written,
)


def faults(found: Evidence) -> set[Fault]:
    return {finding.fault for finding in check(found)}


def lanes_of(found: Evidence, replica: str) -> list[list[StoredRecord]]:
    """A replica's lanes, to be changed."""
    return cast("list[list[StoredRecord]]", found.replicas[replica])


def wrong(calls: list[Call], steps: list[Step]) -> set[Fault]:
    """What is found where the log holds `steps`, and the callers were told of a right one."""
    return faults(evidence(attempts_of(calls), written(steps)))


def told_wrong(calls: list[Call], change: Callable[[Attempt], Attempt], victim: str) -> set[Fault]:
    """What is found where one caller was told something else."""
    attempts = [change(each) if each.command == victim else each for each in attempts_of(calls)]
    return faults(evidence(attempts, written(steps_of(calls))))


@st.composite
def with_victim(draw: st.DrawFn, *kinds: Kind) -> tuple[list[Call], Call]:
    """A world, and one of its calls of these kinds."""
    calls = draw(worlds())
    if not any(call.kind in kinds for call in calls):
        calls.append(Call(len(calls), draw(st.integers(0, 2)), draw(st.sampled_from(kinds))))
    return calls, draw(st.sampled_from([call for call in calls if call.kind in kinds]))


@given(worlds())
def test_nothing_is_found_in_a_right_history(calls: list[Call]) -> None:
    assert check(evidence(attempts_of(calls), written(steps_of(calls)))) == []


@given(with_victim(*ACKNOWLEDGED))
def test_a_lost_command_is_found(world: tuple[list[Call], Call]) -> None:
    calls, victim = world
    steps = [step for step in steps_of(calls) if step.command != victim.command]
    assert Fault.LOST in wrong(calls, steps)


@given(with_victim(*ACKNOWLEDGED))
def test_an_acknowledged_command_that_is_void_is_found(world: tuple[list[Call], Call]) -> None:
    calls, victim = world
    steps = [
        dataclasses.replace(step, verdict=CONFLICT) if step.command == victim.command else step
        for step in steps_of(calls)
    ]
    assert Fault.VOID in wrong(calls, steps)


@given(with_victim(*ACKNOWLEDGED, Kind.UNKNOWN_AND_THERE), st.integers(0, 2))
def test_a_command_that_is_there_twice_is_found(
    world: tuple[list[Call], Call], stream: int
) -> None:
    calls, victim = world
    again = Step(ticket(stream), victim.command)
    assert Fault.DOUBLED in wrong(calls, [*steps_of(calls), again])


@given(worlds())
def test_commands_in_another_order_than_that_of_their_answers_are_found(calls: list[Call]) -> None:
    steps = steps_of([*calls[:-2], calls[-1], calls[-2]])
    # The callers are told the places that the wrong log gives them, at the right times.
    swapped = [*calls[:-2], calls[-1], calls[-2]]
    times = {each.command: each for each in attempts_of(calls)}
    attempts = [
        dataclasses.replace(each, began=times[each.command].began, ended=times[each.command].ended)
        if each.command in (calls[-1].command, calls[-2].command)
        else each
        for each in attempts_of(swapped)
    ]
    assert faults(evidence(attempts, written(steps))) == {Fault.OVERTAKEN}


@given(with_victim(Kind.UNAVAILABLE, Kind.CONFLICT, Kind.REFUSED))
def test_a_command_that_was_not_to_be_recorded_is_found(world: tuple[list[Call], Call]) -> None:
    calls, victim = world
    risen = Step(ticket(victim.stream), victim.command)
    assert wrong(calls, [*steps_of(calls), risen]) == {Fault.RISEN}


@given(with_victim(*ACKNOWLEDGED), st.sampled_from(["version", "position", "stream"]))
def test_an_answer_that_does_not_match_the_log_is_found(
    world: tuple[list[Call], Call], part: str
) -> None:
    calls, victim = world

    def change(attempt: Attempt) -> Attempt:
        lane, sequence = attempt.position or (0, 0)
        other: dict[str, Any] = {
            "version": (attempt.version or 0) + 1,
            "position": (lane, sequence + 1),
            "stream": ticket(9),
        }
        return dataclasses.replace(attempt, **{part: other[part]})

    assert Fault.MOVED in told_wrong(calls, change, victim.command)


@given(with_victim(Kind.RETRIED))
def test_two_answers_to_one_command_are_found(world: tuple[list[Call], Call]) -> None:
    calls, victim = world
    attempts = list(attempts_of(calls))
    last = max(n for n, each in enumerate(attempts) if each.command == victim.command)
    attempts[last] = dataclasses.replace(attempts[last], outcome=Outcome.REFUSED)
    assert faults(evidence(attempts, written(steps_of(calls)))) == {Fault.TWO_ANSWERS}


@given(worlds(), st.integers(0, 2))
def test_a_commit_that_nobody_asked_for_is_found_unless_it_is_known(
    calls: list[Call], stream: int
) -> None:
    stray = Call(99, stream, Kind.DONE)
    found = evidence(attempts_of(calls), written(steps_of([*calls, stray])))
    assert faults(found) == {Fault.UNASKED}
    assert faults(found._replace(foreign=frozenset({stray.command}))) == set()


@given(worlds(), st.integers(0, 2))
def test_a_gap_in_the_versions_is_found(calls: list[Call], stream: int) -> None:
    more = Call(99, stream, Kind.DONE)
    gap = Step(ticket(stream), more.command, skip=1)
    assert Fault.GAP in wrong([*calls, more], [*steps_of(calls), gap])


@given(worlds(), st.integers(0, 2))
def test_a_broken_chain_is_found(calls: list[Call], stream: int) -> None:
    more = Call(99, stream, Kind.DONE)
    torn = Step(ticket(stream), more.command, prev=bytes(32))
    assert wrong([*calls, more], [*steps_of(calls), torn]) == {Fault.CHAIN}


@given(with_victim(*ACKNOWLEDGED), st.sampled_from([CONFLICT, DUPLICATE]))
def test_a_void_record_that_should_not_be_is_found(
    world: tuple[list[Call], Call], verdict: str
) -> None:
    calls, victim = world
    known = victim.command if verdict == CONFLICT else Call(99, 0, Kind.DONE).command
    void = Step(ticket(victim.stream), known, verdict=verdict)
    assert wrong(calls, [*steps_of(calls), void]) == {Fault.VERDICT}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"value": b"{}"}, Fault.SPLIT),
        ({"verdict": "void:malformed"}, Fault.LANE_HASH),
        ({"lane_hash": bytes(32)}, Fault.LANE_HASH),
        ({"sequence": 77}, Fault.SEQUENCE),
        ({"record": 77}, Fault.SEQUENCE),
        ({"version": 77}, Fault.SPLIT),
    ],
)
@given(worlds(), st.data())
def test_a_record_that_a_replica_holds_wrongly_is_found(
    change: dict[str, Any], fault: Fault, calls: list[Call], data: st.DataObject
) -> None:
    found = evidence(attempts_of(calls), written(steps_of(calls)))
    name = data.draw(st.sampled_from(["one", "two"]))
    lane = data.draw(st.sampled_from([lane for lane in lanes_of(found, name) if len(lane) > 1]))
    number = data.draw(st.integers(1, len(lane) - 1))
    lane[number] = lane[number]._replace(**change)
    assert {fault, Fault.SPLIT} & faults(found)


@given(worlds(), st.data())
def test_a_replica_that_lacks_a_record_or_has_one_too_many_is_found(
    calls: list[Call], data: st.DataObject
) -> None:
    found = evidence(attempts_of(calls), written(steps_of(calls)))
    lane = data.draw(st.sampled_from(lanes_of(found, "two")))
    if data.draw(st.booleans()):
        lane.pop()
    else:
        lane.append(lane[-1])
    assert Fault.SPLIT in faults(found)


@given(worlds())
def test_what_a_replica_held_once_must_still_be_there(calls: list[Call]) -> None:
    found = evidence(attempts_of(calls), written(steps_of(calls)))
    # Commits have random ids: even the same steps leave another log.
    before = written(steps_of(calls[:-1])).lanes
    assert Fault.CHANGED in faults(found._replace(earlier={"before": before}))
