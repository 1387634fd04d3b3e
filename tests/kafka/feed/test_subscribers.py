"""Those who subscribe: the program in the documentation, and a client of another make."""

import ast
import json
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from deskledger.app.desk import Desk
from tests.kafka.brokers import Cluster
from tests.kafka.feed.other_client import handled_by_librdkafka
from tests.kafka.feed.reading import LANES, feed_records, handled, made_feed, place_of, to_publish
from tests.kafka.feed.subscribing import (
    PROGRAM,
    Program,
    Start,
    Subscribed,
    by_lane,
    count_seen,
    dead_letters,
    keep,
    publish,
    wanted,
)
from tests.kafka.topics import Topics, wait_until
from tests.projections.desks import work


@pytest.fixture
def start(broker: Cluster, tmp_path: Path) -> Iterator[Start]:
    """Starts the program on a topic; all that a test starts remember in one file."""
    made: list[Program] = []

    def begin(topic: str, *options: str) -> Program:
        made.append(Program(broker, topic, tmp_path / "state.sqlite", *options))
        return made[-1]

    yield begin
    for program in made:
        program.kill()


def test_the_program_needs_kafka_python_and_nothing_else() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    packages = {name.partition(".")[0] for name in names}
    assert packages - set(sys.stdlib_module_names) == {"kafka"}


def test_the_program_handles_every_event_once_and_in_order_across_restarts(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    total = sum(map(len, wanted(desk).values()))
    program = start(settings.topic)
    seen = program.lines(total // 2)
    code, more, _ = program.end()
    assert code == 0
    seen += more
    work(desk, 5, begun=20)
    publish(desk, settings)
    total = sum(map(len, wanted(desk).values()))
    again = start(settings.topic)
    seen += again.lines(total - len(seen))
    assert again.end()[:2] == (0, [])
    assert by_lane(seen) == wanted(desk)


def test_a_killed_program_goes_on_where_it_was(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    total = sum(map(len, wanted(desk).values()))
    program = start(settings.topic)
    seen = program.lines(total // 2)
    code, more, _ = program.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    seen += more
    # It may have handled all before it was killed: there is more, so that the next one begins.
    work(desk, 5, begun=20)
    publish(desk, settings)
    total = sum(map(len, wanted(desk).values()))
    again = start(settings.topic)
    # The one event that was printed and not yet remembered may come again.
    while sum(len(set(each)) for each in by_lane(seen).values()) < total:
        seen += again.lines(1)
    code, more, _ = again.end()
    assert code == 0
    seen += more
    assert len(seen) - total in (0, 1)
    assert {lane: sorted(set(each)) for lane, each in by_lane(seen).items()} == wanted(desk)


def test_a_subscriber_that_begins_now_handles_what_is_published_from_then_on(
    broker: Cluster, desk_name: str, desk: Desk, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    before = wanted(desk)
    lines: list[dict[str, Any]] = []
    with Subscribed(broker, settings.topic, tmp_path / "state", keep(lines), "now") as subscribed:
        work(desk, 5, begun=20)
        publish(desk, settings)
        after = wanted(desk)
        count = sum(map(len, after.values())) - sum(map(len, before.values()))
        wait_until(lambda: len(lines) == count or subscribed.error)
    assert subscribed.error is None
    assert by_lane(lines) == {lane: after[lane][len(before[lane]) :] for lane in after}


def test_an_event_that_cannot_be_handled_becomes_a_dead_letter_and_the_others_go_on(
    broker: Cluster, desk_name: str, desk: Desk, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    total = sum(map(len, wanted(desk).values()))
    handled_ones: list[str] = []

    def handle(_: sqlite3.Connection, event: Any) -> None:
        if event.attributes["type"].endswith("TicketSolved.v1"):
            raise ValueError("no")
        handled_ones.append(event.attributes["type"])

    with Subscribed(broker, settings.topic, tmp_path / "state", handle):
        wait_until(lambda: len(handled_ones) + len(dead_letters(tmp_path / "state")) == total)
    letters = dead_letters(tmp_path / "state")
    assert letters
    assert {error for _, error, _ in letters} == {"ValueError('no')"}
    for sequence, _, headers in letters:
        told = json.loads(headers)
        assert int(told["ce_sequence"]) == sequence
        assert told["ce_type"].endswith("TicketSolved.v1")


def test_results_in_the_subscribers_own_file_stand_there_exactly_once(
    broker: Cluster, desk_name: str, desk: Desk, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    with sqlite3.connect(tmp_path / "state") as made:
        made.execute("CREATE TABLE seen (lane, sequence, UNIQUE (lane, sequence))")
    tried: set[tuple[int, int]] = set()

    def handle(connection: sqlite3.Connection, event: Any) -> None:
        connection.execute("INSERT INTO seen VALUES (?, ?)", (event.lane, event.sequence))
        if event.sequence % 10 == 0 and (event.lane, event.sequence) not in tried:
            tried.add((event.lane, event.sequence))
            raise ConnectionError("try again")

    total = sum(map(len, wanted(desk).values()))
    with Subscribed(broker, settings.topic, tmp_path / "state", handle):
        wait_until(lambda: count_seen(tmp_path / "state") == total)
    assert dead_letters(tmp_path / "state") == []


def test_silence_without_heartbeats_is_told_once_for_each_lane(
    broker: Cluster, desk_name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = made_feed(broker, desk_name)
    subscribed = Subscribed(broker, settings.topic, tmp_path / "state", keep([]))
    subscribed.module.SILENCE_SECONDS = 0.5
    told = ""

    def all_told() -> bool:
        nonlocal told
        # A line may come in parts.
        told += capsys.readouterr().err
        return told.count("\n") >= LANES

    with subscribed:
        wait_until(all_told)
        assert sorted(told.splitlines()) == sorted(
            f"lane {lane}: nothing came, not even a heartbeat" for lane in range(LANES)
        )


def test_missing_events_stop_the_program_unless_they_are_accepted(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    records = feed_records(broker, settings.topic)
    lane = next(lane for lane, each in records.items() if len(handled(each)) > 3)
    Topics(broker).delete_before(settings.topic, lane, 2)
    code, seen, complaints = start(settings.topic).wait()
    assert code == 1
    gone = place_of(records[lane][1])
    assert f"behind {gone.sequence}, and the last event handled was 0" in complaints
    total = sum(map(len, wanted(desk).values()))
    program = start(settings.topic, "--accept-gaps")
    seen += program.lines(total - 2 - len(seen))
    assert program.end()[:2] == (0, [])
    found = by_lane(seen)
    assert found.pop(lane) == wanted(desk)[lane][2:]
    assert found.items() <= wanted(desk).items()


def test_a_feed_made_anew_is_not_handled_again(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    total = sum(map(len, wanted(desk).values()))
    program = start(settings.topic)
    program.lines(total)
    program.end()
    Topics(broker).delete(settings.topic)
    made_feed(broker, desk_name)
    work(desk, 2, begun=20)
    publish(desk, settings)
    again = start(settings.topic)
    more = again.lines(sum(map(len, wanted(desk).values())) - total)
    assert again.end()[:2] == (0, [])
    assert len({(line["lane"], line["sequence"]) for line in more}) == len(more)


def test_records_of_somebody_else_are_passed_over(
    broker: Cluster, desk_name: str, desk: Desk, start: Start
) -> None:
    settings = made_feed(broker, desk_name)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap.split(","))
    producer.send(settings.topic, b"noise", partition=1)
    producer.close()
    publish(desk, settings)
    program = start(settings.topic)
    total = sum(map(len, wanted(desk).values()))
    assert by_lane(program.lines(total)) == wanted(desk)
    assert program.end()[:2] == (0, [])


def test_another_client_sees_the_same(broker: Cluster, desk_name: str, desk: Desk) -> None:
    settings = made_feed(broker, desk_name)
    publish(desk, settings)
    publish(desk, settings)
    found = handled_by_librdkafka(broker.bootstrap, settings.topic, LANES)
    told = {
        lane: [json.loads(event.data) for event in each]
        for lane, each in to_publish(desk.ledger).items()
    }
    assert found == told
