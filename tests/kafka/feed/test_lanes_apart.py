"""What stops one lane or leaves one event out, while everything else is published."""

from pathlib import Path
from typing import Any

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.publisher.heartbeat import TYPE
from deskledger.consumers.publisher.publisher import Publisher
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.domain.test_golden import examples
from tests.eventlog.build import Chain, new_ledger, ticket
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import (
    LANES,
    assert_complete,
    feed_records,
    handled,
    made_feed,
    place_of,
)
from tests.kafka.ledger.nodes import settings_of
from tests.projections.desks import work

OPENED = examples("ticket", "TicketOpened", 1)[0] | {"subject": None, "personal_fields": None}
UNKNOWN = {"type": "TicketLost", "v": 1, "occurred_at": OPENED["occurred_at"], "by": None}


def opened(ledger: EmbeddedLedger, count: int) -> list[Chain]:
    """So many tickets, each opened by one event."""
    chains = [Chain(ticket(number)) for number in range(count)]
    ledger.append([chain.next(event=OPENED) for chain in chains])
    return chains


class Reports:
    """What a publisher told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, happened: str, **facts: Any) -> None:
        self.told.append((happened, facts))

    def of(self, happened: str) -> list[dict[str, Any]]:
        return [facts for name, facts in self.told if name == happened]


def test_an_unknown_event_of_newer_software_stops_its_lane_alone_and_without_heartbeats(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name, heartbeat_seconds=1e-9)
    reports = Reports()
    with new_ledger(tmp_path) as ledger:
        chain = opened(ledger, 60)[0]
        newer = chain.next(event=UNKNOWN)
        marked = newer.value.replace(b'"deskledger tests"', b'"deskledger 99.0.0"')
        ledger.append([Draft(chain.stream, marked)])
        halted = lane_of(chain.stream, LANES)
        later = next(n for n in range(100, 999) if lane_of(ticket(n), LANES) == halted)
        ledger.append([Chain(ticket(later)).next(event=OPENED)])
        publisher = Publisher(ledger, settings, lambda _: {}, report=reports)
        publisher.catch_up()
        assert publisher.behind() == 2
        ends = {reached.lane: reached.sequence for reached in ledger.progress()}
    records = feed_records(broker, settings.topic)
    for lane, each in records.items():
        seen = [place_of(record).sequence for record in handled(each)]
        assert seen == list(range(1, ends[lane] + 1 - 2 * (lane == halted)))
        assert (TYPE in {place_of(record).type for record in each}) == (lane != halted)
    ((lane, reason),) = [tuple(facts.values()) for facts in reports.of("lane_halted")]
    assert lane == halted
    assert "update the software of the publisher" in reason


def test_an_event_that_cannot_be_read_is_left_out_and_told(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    reports = Reports()
    with new_ledger(tmp_path) as ledger:
        chain = opened(ledger, 1)[0]
        ledger.append([chain.next(event=OPENED | {"kind": "complaint"}), chain.next(event=OPENED)])
        Publisher(ledger, settings, lambda _: {}, report=reports).catch_up()
        assert_complete(broker, settings, ledger)
    lane = lane_of(chain.stream, LANES)
    seen = [
        place_of(record).sequence for record in handled(feed_records(broker, settings.topic)[lane])
    ]
    assert seen == [1, 3]
    (left_out,) = reports.of("event_left_out")
    assert (left_out["stream"], left_out["version"]) == (chain.stream, 2)


def test_a_desk_whose_ledger_is_on_kafka_is_published_in_the_same_way(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    new = NewDesk(zone="UTC", kafka=desk_name, replicas=1)
    with Desk.create(tmp_path / "desk", new, kafka=settings_of(broker.bootstrap)) as desk:
        work(desk, 5)
        Publisher(desk.ledger, settings, desk.vault.data_keys).catch_up()
        assert_complete(broker, settings, desk.ledger)
