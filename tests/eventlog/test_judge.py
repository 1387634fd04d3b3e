"""Laws of the judge that no list of examples can show."""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.eventlog.commit import commit_hash, genesis_prev
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import LaneState, Verdict, advance, empty_lane
from deskledger.eventlog.names import lane_of

DESK = "c0ffee00-1234-4abc-8def-000000000001"
LANES = 2
STREAMS = [f"ticket/{place}" for place in range(6)] + ["desk"]
COMMANDS = [f"00000000-0000-8000-8000-{place:012d}" for place in range(4)]


class Asked(NamedTuple):
    """A commit that someone may try to write: `behind` counts commits that it has not seen."""

    stream: str
    command: str
    events: int
    behind: int


ASKED = st.builds(
    Asked,
    st.sampled_from(STREAMS),
    st.sampled_from(COMMANDS),
    st.integers(1, 3),
    st.sampled_from([0, 0, 0, 1, 2]),
)


class Desk:
    """A desk in memory: what the judge asks, and all verdicts in order of arrival."""

    def __init__(self) -> None:
        self.lanes = [empty_lane(lane) for lane in range(LANES)]
        self.heads: dict[str, list[Head]] = {}
        self.commands: set[tuple[str, bytes]] = set()
        for lane in range(LANES):
            self.put(lane, *genesis_record(DESK, lane, LANES))

    def head(self, stream: str) -> Head | None:
        return self.heads[stream][-1] if stream in self.heads else None

    def has_command(self, stream: str, command: bytes) -> bool:
        return (stream, command) in self.commands

    def put(self, lane: int, key: bytes | None, value: bytes | None) -> Verdict:
        judgement = judge(self.lanes[lane], self, key, value)
        self.lanes[lane] = advance(self.lanes[lane], judgement, key, value)
        verdict = judgement.verdict
        if verdict.text == "effective":
            assert judgement.stream is not None
            assert judgement.command is not None
            assert verdict.last_version is not None
            assert verdict.hash is not None
            head = Head(verdict.last_version, verdict.hash)
            self.heads.setdefault(judgement.stream, []).append(head)
            self.commands.add((judgement.stream, judgement.command))
        return verdict

    def ask(self, asked: Asked) -> tuple[int, bytes, bytes, Verdict]:
        """Writes the commit as one who has not seen the last `behind` commits would."""
        seen = self.heads.get(asked.stream, [])
        seen = seen[: len(seen) - asked.behind] if asked.behind <= len(seen) else []
        head = seen[-1] if seen else Head(0, genesis_prev(DESK))
        lane = lane_of(asked.stream, LANES)
        key, value = asked.stream.encode(), _value(asked, head)
        return lane, key, value, self.put(lane, key, value)


def _value(asked: Asked, head: Head) -> bytes:
    return orjson.dumps(
        {
            "format": 1,
            "stream": asked.stream,
            "version": head.version + 1,
            "prev": head.hash.hex(),
            "recorded_at": "2026-03-01T08:00:00.000000Z",
            "command": {"id": asked.command},
            "events": [{}] * asked.events,
        }
    )


@given(st.lists(ASKED, max_size=30))
def test_versions_follow_each_other_and_every_command_stands_once(asked: list[Asked]) -> None:
    desk = Desk()
    written = [(each, *desk.ask(each)) for each in asked]
    for stream in STREAMS:
        effective = [
            (each.command, each.events, verdict, value)
            for each, _, _, value, verdict in written
            if each.stream == stream and verdict.text == "effective"
        ]
        version = 0
        for _, events, verdict, value in effective:
            assert verdict.version == version + 1
            version += events
            assert verdict == Verdict("effective", verdict.version, version, commit_hash(value))
        assert len({command for command, *_ in effective}) == len(effective)


@given(st.lists(ASKED, max_size=30))
def test_void_are_exactly_repeated_commands_and_late_writers(asked: list[Asked]) -> None:
    desk, done = Desk(), set()
    for each in asked:
        late = each.behind > 0 and each.stream in desk.heads
        verdict = desk.ask(each)[-1].text
        if (each.stream, each.command) in done:
            assert verdict == "void:duplicate_command"
        elif late:
            assert verdict == "void:conflict"
        else:
            assert verdict == "effective"
            done.add((each.stream, each.command))


@given(st.lists(ASKED, max_size=30), st.randoms(use_true_random=False))
def test_verdicts_depend_on_the_order_within_each_lane_alone(
    asked: list[Asked], random: Random
) -> None:
    first = Desk()
    records = [first.ask(each) for each in asked]
    second = Desk()
    for lane, key, value, verdict in _interleaved(records, random):
        assert second.put(lane, key, value) == verdict
    assert second.lanes == first.lanes


def _interleaved(
    records: Sequence[tuple[int, bytes, bytes, Verdict]], random: Random
) -> list[tuple[int, bytes, bytes, Verdict]]:
    queues = [[record for record in records if record[0] == lane] for lane in range(LANES)]
    mixed = []
    while any(queues):
        queue = random.choice([queue for queue in queues if queue])
        mixed.append(queue.pop(0))
    return mixed


@given(
    records=st.lists(
        st.tuples(st.none() | st.binary(max_size=8), st.none() | st.binary(max_size=30))
    ),
    opened=st.booleans(),
)
def test_any_bytes_get_a_verdict_and_count_as_a_record(
    records: list[tuple[bytes | None, bytes | None]], *, opened: bool
) -> None:
    state, desk = empty_lane(0), Desk()
    if opened:
        state = desk.lanes[0]
    before = state.records
    for key, value in records:
        judgement = judge(state, desk, key, value)
        assert judgement.verdict.text.startswith("void:")
        state = advance(state, judgement, key, value)
    assert (state.records, state.sequence) == (before + len(records), 0)


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        lambda right: right[:-1],
        lambda right: right[:-2],
        lambda right: right + "00",
        lambda right: " " + right,
        lambda right: right[:32] + " " + right[32:],
        lambda right: right[:-1] + "g",
        lambda right: right[:-1] + "\u0661",
        lambda _: "",
        lambda _: None,
        lambda _: 7,
    ],
)
def test_the_hash_of_the_commit_before_has_one_spelling(spell: Callable[[str], object]) -> None:
    desk, stream = Desk(), STREAMS[0]
    lane = lane_of(stream, LANES)
    body = orjson.loads(_value(Asked(stream, COMMANDS[0], 1, 0), Head(0, genesis_prev(DESK))))
    damaged = orjson.dumps({**body, "prev": spell(body["prev"])})
    assert desk.put(lane, stream.encode(), damaged).text == "void:malformed"
    assert desk.put(lane, stream.encode(), orjson.dumps(body)).text == "effective"


def test_numbers_of_a_noun_are_unique_over_all_lanes_and_nearly_dense() -> None:
    desk = Desk()
    numbers = []
    for place in range(100):
        asked = Asked(f"ticket/{place}", COMMANDS[0], 1, 0)
        lane = lane_of(asked.stream, LANES)
        state: LaneState = desk.lanes[lane]
        key, value = asked.stream.encode(), _value(asked, Head(0, genesis_prev(DESK)))
        numbers.append(judge(state, desk, key, value).number)
        desk.ask(asked)
    assert len(set(numbers)) == 100
    assert max(number for number in numbers if number) <= 140
