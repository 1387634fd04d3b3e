"""Nodes of a desk on Kafka share the lanes of a process; each lane has one of them."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.processes.group_lease import GroupLease
from deskledger.consumers.processes.lease import Lease
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.waker import Waker
from deskledger.eventlog.kafka.settings import KafkaSettings
from tests.kafka.brokers import Cluster
from tests.processes.build import ALL_LANES, Clock, Place

PATIENCE_SECONDS = 40


def eventually(holds: Callable[[], bool]) -> None:
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline_at
        time.sleep(0.05)


def shared(*leases: Lease) -> bool:
    """Whether every lane has one of the nodes, and none of them two."""
    held = [lease.lanes() for lease in leases]
    return all(held) and sum(map(len, held)) == len(ALL_LANES) == len(frozenset().union(*held))


def test_nodes_share_the_lanes_and_wake_every_ticket_once(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = KafkaSettings(bootstrap=tuple(broker.bootstrap.split(",")))
    new = NewDesk(zone="UTC", kafka=desk_name)
    with ExitStack() as stack:
        desk = stack.enter_context(Desk.create(tmp_path / "one", new, kafka=settings))
        place = Place(desk, Clock())
        topic = f"{desk_name}.ledger"
        leases = [GroupLease(settings, topic, f"{desk_name}.waker") for _ in range(2)]
        for lease in leases:
            stack.callback(lease.close)
        eventually(lambda: leases[0].lanes() == ALL_LANES)
        eventually(lambda: shared(*leases))
        runners = [
            Runner(Waker(), Parts(desk.ledger, desk.writer, desk.clock, lease)) for lease in leases
        ]
        tickets = [place.snoozed(2) for _ in range(24)]

        def all_woken() -> bool:
            for runner in runners:
                runner.step()
            return all(place.wakings(ticket) for ticket in tickets)

        eventually(all_woken)
        assert [place.wakings(ticket) for ticket in tickets] == [1] * 24
        assert all(runner.outcomes.counts()["applied"] for runner in runners)
        leases[0].close()
        eventually(lambda: leases[1].lanes() == ALL_LANES)
