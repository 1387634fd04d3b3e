"""The embedded ledger says what the judge says, however its records come to it."""

import random
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store import heads
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import OTHER_DESK, Chain, Fold, commit, new_ledger, ticket

UNSTORED = ("void:malformed", "void:too_large")
STREAMS = 5

KINDS = ("next", "next", "next", "stale", "ahead", "repeat", "foreign", "astray", "broken", "huge")
plans = st.lists(
    st.tuples(st.integers(0, STREAMS - 1), st.sampled_from(KINDS), st.integers(1, 3)),
    min_size=1,
    max_size=40,
)
seeds = st.integers(0, 2**32)
quick = settings(max_examples=30, deadline=None)


def draft_of(  # noqa: PLR0911 - one return per kind
    kind: str, chain: Chain, other: Chain, used: str, events: int
) -> Draft:
    """A valid draft that follows `chain`, or one of each way of being void."""
    version, head = chain.version + 1, chain.hash
    match kind:
        case "next":
            return chain.next(used, events)
        case "repeat":
            return Draft(chain.stream, commit(chain.stream, version, head, command=used))
        case "stale":
            return Draft(chain.stream, commit(chain.stream))
        case "ahead":
            return Draft(chain.stream, commit(chain.stream, version + 1, head))
        case "foreign":
            return Draft(chain.stream, commit(chain.stream, desk=OTHER_DESK))
        case "astray":
            return Draft(other.stream, commit(chain.stream, version, head))
        case "broken":
            return Draft(chain.stream, b'{"format":1')
        case _:
            return Draft(chain.stream, b" " * 524_289)


def drafts_of(plan: Sequence[tuple[int, str, int]]) -> list[Draft]:
    """Drafts of a few streams; a repeated command is that of the stream's latest valid draft."""
    chains = [Chain(ticket(number)) for number in range(STREAMS)]
    used = [str(uuid.uuid4()) for _ in range(STREAMS)]
    drafts = []
    for index, kind, events in plan:
        if kind == "next":
            used[index] = str(uuid.uuid4())
        drafts.append(draft_of(kind, chains[index], chains[index - 1], used[index], events))
    return drafts


@contextmanager
def two_users() -> Iterator[tuple[list[EmbeddedLedger], Path]]:
    """A ledger that is open twice, as in two processes."""
    with tempfile.TemporaryDirectory() as name:
        ledgers = [new_ledger(Path(name)), EmbeddedLedger.open(Path(name))]
        yield ledgers, Path(name)
        for ledger in ledgers:
            ledger.close()


def ends(ledger: EmbeddedLedger) -> list[tuple[int, int, bytes]]:
    return [(lane.records, lane.sequence, lane.hash) for lane in ledger.progress()]


def ends_of(fold: Fold) -> list[tuple[int, int, bytes]]:
    return [(lane.records, lane.sequence, lane.hash) for lane in fold.lanes]


@quick
@given(plans, seeds)
def test_verdicts_and_hashes_are_the_judges_for_any_batches_restarts_and_users(
    plan: list[tuple[int, str, int]], seed: int
) -> None:
    drafts, choice, fold = drafts_of(plan), random.Random(seed), Fold()  # noqa: S311 - a plan
    # Caches of next to nothing, so that most streams are read again each time.
    with patch.multiple(heads, WEIGHT_MAX=20, COMMANDS_MAX=2), two_users() as (ledgers, directory):
        while drafts:
            batch, drafts = drafts[: (size := choice.randint(1, 8))], drafts[size:]
            user = choice.randrange(2)
            if choice.random() < 0.2:
                ledgers[user].close()
                ledgers[user] = EmbeddedLedger.open(directory)
            receipts = ledgers[user].append(batch)
            assert [receipt.text for receipt in receipts] == [
                fold.add(draft, UNSTORED) for draft in batch
            ]
        assert ends(ledgers[0]) == ends(ledgers[1]) == ends_of(fold)


@quick
@given(plans, seeds)
def test_any_interleaving_of_lanes_gives_the_same_lanes(
    plan: list[tuple[int, str, int]], seed: int
) -> None:
    drafts, choice, fold = drafts_of(plan), random.Random(seed), Fold()  # noqa: S311 - a plan
    for draft in drafts:
        fold.add(draft, UNSTORED)
    lanes: dict[int, list[Draft]] = {}
    for draft in drafts:
        lanes.setdefault(lane_of(draft.stream, 12), []).append(draft)
    with tempfile.TemporaryDirectory() as name, new_ledger(Path(name)) as ledger:
        while lanes:
            lane = choice.choice(list(lanes))
            ledger.append([lanes[lane].pop(0)])
            if not lanes[lane]:
                del lanes[lane]
        assert ends(ledger) == ends_of(fold)


@quick
@given(plans)
def test_what_is_read_is_what_was_appended_with_its_receipt(
    plan: list[tuple[int, str, int]],
) -> None:
    drafts = drafts_of(plan)
    with tempfile.TemporaryDirectory() as name, new_ledger(Path(name)) as ledger:
        receipts = ledger.append(drafts)
        for draft, receipt in zip(drafts, receipts, strict=True):
            if receipt.record is None:
                assert receipt.text in UNSTORED
                continue
            (stored,) = ledger.read(receipt.lane, receipt.record - 1, 1)
            assert (stored.stream, stored.value) == draft
            assert (stored.lane, stored.record) == (receipt.lane, receipt.record)
            assert (stored.verdict, stored.version) == (receipt.text, receipt.version)
            assert stored.sequence == receipt.sequence
        for stream in {draft.stream for draft in drafts}:
            history = [
                draft.value
                for draft, receipt in zip(drafts, receipts, strict=True)
                if receipt.effective and draft.stream == stream
            ]
            stored_history = ledger.history(stream)
            assert [record.value for record in stored_history] == history
            for place, stored in enumerate(stored_history):
                assert stored.version is not None
                assert ledger.history(stream, stored.version) == stored_history[place + 1 :]


@quick
@given(plans)
def test_many_commands_and_streams_are_found_as_each_by_itself(
    plan: list[tuple[int, str, int]],
) -> None:
    drafts = drafts_of(plan)
    with tempfile.TemporaryDirectory() as name, new_ledger(Path(name)) as ledger:
        ledger.append(drafts)
        streams = [*{draft.stream for draft in drafts}, "ticket/nobody"]
        ids = [
            read_commit(record.value).envelope.command_id
            for stream in streams
            for record in ledger.history(stream)
        ]
        asked = [(stream, command) for stream in streams for command in [*ids, str(uuid.uuid4())]]
        single = [found for pair in asked if (found := ledger.find_command(*pair)) is not None]
        assert sorted(ledger.find_commands(asked)) == sorted(single)
        assert len(single) == len(ids)
        assert ledger.existing(streams) == {s for s in streams if ledger.history(s)}


@quick
@given(st.lists(st.integers(0, 60), min_size=20, max_size=60), seeds)
def test_numbers_count_the_streams_of_a_noun_in_their_lane(numbers: list[int], seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311 - a plan
    chains: dict[str, Chain] = {}
    expected: dict[str, int] = {}
    counts: dict[tuple[str, int], int] = {}
    with two_users() as (ledgers, _):
        for number in numbers:
            noun = choice.choice(("ticket", "customer"))
            stream = ticket(number).replace("ticket", noun)
            chain = chains.setdefault(stream, Chain(stream))
            if chain.version == 0:
                lane = lane_of(stream, 12)
                counts[noun, lane] = counts.get((noun, lane), 0) + 1
                expected[stream] = (counts[noun, lane] - 1) * 12 + lane + 1
                # A void record first: it gives the stream a row, but no number.
                void = ledgers[0].append([Draft(stream, commit(stream, 9))])[0]
                assert void.number is None
            (receipt,) = choice.choice(ledgers).append([chain.next()])
            assert receipt.number == expected[stream]
        for stream, number in expected.items():
            noun = stream.partition("/")[0]
            assert ledgers[1].number_of(stream) == number
            assert ledgers[1].stream_of(noun, number) == stream
        tickets = sorted((n, s) for s, n in expected.items() if s.startswith("ticket/"))
        assert ledgers[0].streams("ticket", 0, 100) == tickets


def test_a_command_repeated_in_one_batch_of_a_long_stream_is_a_duplicate() -> None:
    with patch.object(heads, "COMMANDS_MAX", 2), two_users() as (ledgers, _):
        chain = Chain(ticket(1))
        for _ in range(4):
            ledgers[0].append([chain.next()])
        command = str(uuid.uuid4())
        receipts = ledgers[0].append([chain.next(command), chain.next(command)])
        assert [receipt.text for receipt in receipts] == ["effective", "void:duplicate_command"]
        assert ledgers[1].append([chain.next(command)])[0].text == "void:duplicate_command"
