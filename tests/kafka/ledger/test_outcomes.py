"""What becomes of an append: done, void, unavailable, unknown; and reading meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.control import BYTES_MAX
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.judge import CONFLICT, DUPLICATE_COMMAND, TOO_LARGE
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft, Receipt
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task
from tests.eventlog.build import Chain, commit, ticket
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import (
    LANES,
    PATIENT,
    PROMPT,
    expect_no_answer,
    new_desk,
    new_log,
    node,
    settings_of,
)
from tests.kafka.topics import Topics, wait_until
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def location(broker: Cluster, desk_name: str) -> Location:
    return new_log(broker, desk_name)


@pytest.fixture
def ledger(location: Location, tmp_path: Path) -> Iterator[KafkaLedger]:
    with node(location, tmp_path / "node") as opened:
        yield opened


def wait_stale(ledger: KafkaLedger) -> None:
    """Waits until no partition is fresh: whether a commit is taken depends on its lane alone."""
    standings, seconds = ledger.log.standings.all.values(), ledger.log.settings.fresh_seconds
    wait_until(lambda: all(time.monotonic() - (one.fresh_at or 0.0) > seconds for one in standings))


def settled(ledger: KafkaLedger, draft: Draft) -> Receipt:
    """The receipt of a commit that is handed over again until it is known what became of it."""

    def receipt() -> Receipt | None:
        with suppress(Unavailable, OutcomeUnknown):
            return ledger.append([draft])[0]
        return None

    found = wait_until(receipt)
    assert found is not None
    return found


def test_each_commit_of_a_call_has_a_verdict_of_its_own(ledger: KafkaLedger) -> None:
    one, two = Chain(ticket(1), ledger.desk), Chain(ticket(2), ledger.desk)
    first, other = one.next(), two.next()
    fork = Draft(one.stream, commit(one.stream, desk=ledger.desk))
    receipts = ledger.append([first, other, fork, one.next(), first])
    assert [receipt.text for receipt in receipts] == [
        "effective",
        "effective",
        CONFLICT,
        "effective",
        DUPLICATE_COMMAND,
    ]
    assert ledger.history(one.stream)[0].value == first.value
    assert ledger.number_of(two.stream) == receipts[1].number


def test_a_receipt_says_where_the_commit_stands(ledger: KafkaLedger) -> None:
    chain = Chain(ticket(1), ledger.desk)
    (receipt,) = ledger.append([chain.next(events=3)])
    (stored,) = ledger.read(receipt.lane, (receipt.record or 0) - 1, 1)
    assert (stored.stream, stored.sequence, stored.number) == (
        chain.stream,
        receipt.sequence,
        receipt.number,
    )
    assert (receipt.version, receipt.last_version, receipt.hash) == (1, 3, chain.hash)


def test_a_commit_longer_than_any_may_be_is_not_handed_over(ledger: KafkaLedger) -> None:
    before = ledger.progress()
    long = Draft(ticket(1), b" " * (BYTES_MAX + 1))
    assert [receipt.text for receipt in ledger.append([long])] == [TOO_LARGE]
    assert ledger.progress() == before


def test_the_longest_commit_is_stored(ledger: KafkaLedger) -> None:
    chain = Chain(ticket(1), ledger.desk)
    note = {"type": "NoteAdded", "v": 1, "text": "x" * (BYTES_MAX - 2_000)}
    (receipt,) = ledger.append([chain.next(event=note)])
    assert receipt.effective


def test_many_threads_append_and_each_reads_its_own_back(ledger: KafkaLedger) -> None:
    chains = [Chain(ticket(number), ledger.desk) for number in range(16)]

    def work(chain: Chain) -> None:
        for _ in range(10):
            assert ledger.append([chain.next()])[0].effective

    threads = [threading.Thread(target=work, args=(chain,)) for chain in chains]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(ledger.history(chain.stream)) for chain in chains] == [10] * 16


def test_without_brokers_nothing_is_handed_over_and_reading_goes_on(
    ledger: KafkaLedger, broker: Cluster
) -> None:
    chain = Chain(ticket(1), ledger.desk)
    ledger.append([chain.next()])
    broker.kill_all()
    expect_no_answer(ledger)
    wait_stale(ledger)
    lost = chain.next()
    with pytest.raises(Unavailable, match="nothing was stored"):
        ledger.append([lost])
    assert len(ledger.history(chain.stream)) == 1
    broker.heal()
    assert settled(ledger, lost).effective


def test_a_node_that_starts_without_brokers_says_how_old_its_answers_are(
    ledger: KafkaLedger, broker: Cluster, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), ledger.desk)
    ledger.append([chain.next()])
    ledger.close()
    broker.kill_all()
    with KafkaLedger.open(tmp_path / "node", settings_of(broker.bootstrap, PROMPT)) as alone:
        freshness = alone.freshness()
        assert not freshness.is_fresh
        assert freshness.at is not None
        assert datetime.now(UTC) - freshness.at < timedelta(minutes=1)
        assert len(alone.history(chain.stream)) == 1


def test_a_commit_handed_over_before_a_broker_froze_is_unknown_and_settles_once(
    location: Location, broker: Cluster, tmp_path: Path
) -> None:
    with node(location, tmp_path / "node") as ledger:
        chain = Chain(ticket(1), ledger.desk)
        assert settled(ledger, chain.next())
        broker.nodes[1].freeze()
        # Found stale on a busy machine, the lane would take nothing from us at all.
        ledger.log.settings = replace(ledger.log.settings, answer_seconds=5.0, fresh_seconds=120.0)
        late = chain.next()
        with pytest.raises(OutcomeUnknown, match="not seen in the log"):
            ledger.append([late])
        broker.heal()
        assert settled(ledger, late).text in {"effective", DUPLICATE_COMMAND}
        assert [record.value for record in ledger.history(chain.stream)].count(late.value) == 1


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_an_hour_off_writes_nothing(location: Location, tmp_path: Path, hours: int) -> None:
    directory = tmp_path / "node"
    directory.mkdir()
    location.write(directory)

    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(hours=hours)

    with KafkaLedger.open(directory, PATIENT, clock=wrong) as ledger:
        wait_until(ledger.refresh)
        before = ledger.progress()
        with pytest.raises(Unavailable, match=r"clock is 3[56]\d\d s"):
            ledger.append([Chain(ticket(1), ledger.desk).next()])
        wait_until(ledger.refresh)
        assert ledger.progress() == before


def test_with_too_few_brokers_in_sync_nothing_is_handed_over(
    cluster: Cluster, desk_name: str, tmp_path: Path
) -> None:
    topics = Topics(cluster)
    location = new_log(cluster, desk_name).model_copy(update={"in_sync_min": 3})
    for topic in (location.ledger.name, location.vault.name):
        topics.configure(topic, min_insync_replicas="3")
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, tmp_path / "node") as ledger:
        assert settled(ledger, chain.next()).effective
        late = chain.next()
        before = topics.reach(location.ledger.name, lane)
        leader = topics.leader(location.ledger.name, lane)
        cluster.nodes[1 if leader != 1 else 2].kill()
        topics.wait_in_sync(location.ledger.name, lane, 2)
        wait_until(lambda: ledger.standings()[lane].hindrance)
        with pytest.raises(Unavailable, match="2 of 3 brokers in sync"):
            ledger.append([late])
        assert topics.reach(location.ledger.name, lane) == before
        cluster.heal()
        assert settled(ledger, late).effective


def test_closing_waits_for_no_broker(ledger: KafkaLedger, broker: Cluster) -> None:
    ledger.append([Chain(ticket(1), ledger.desk).next()])
    broker.nodes[1].freeze()
    closed = threading.Thread(target=ledger.close)
    closed.start()
    # The broker stays frozen until then: whoever waited for it would wait for ever.
    closed.join(PATIENCE_SECONDS)
    assert not closed.is_alive()


def test_without_brokers_nobody_is_told_that_a_ticket_does_not_exist(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    with new_desk(broker, tmp_path / "desk", desk_name) as desk:
        assert isinstance(desk.ledger, KafkaLedger)
        request = Request(Actor(kind="service", id="test"), "http", "test")
        reply = SendReply(text="Hello")
        stream = ticket(1)
        assert desk.writer.execute(stream, reply, request).code == "stream_unknown"
        broker.kill_all()
        expect_no_answer(desk.ledger)
        wait_stale(desk.ledger)
        for ask in (
            lambda: desk.writer.execute(stream, reply, request),
            lambda: desk.writer.execute_many([Task(stream, reply, request)]),
        ):
            with pytest.raises(Unavailable):
                ask()
