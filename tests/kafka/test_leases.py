"""Nodes of a desk on Kafka share the lanes of a process; each lane has one of them."""

from contextlib import ExitStack, suppress
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.processes.group_lease import GroupLease
from deskledger.consumers.processes.lease import Lease
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.waker import Waker
from deskledger.eventlog.errors import Conflict, OutcomeUnknown, Unavailable
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import settings_of
from tests.kafka.proxy import Proxy
from tests.kafka.topics import Topics, wait_until
from tests.processes.build import ALL_LANES, Clock, Place


def shared(*leases: Lease) -> bool:
    """Whether every lane has one of the nodes, and none of them two."""
    held = [lease.lanes() for lease in leases]
    return all(held) and sum(map(len, held)) == len(ALL_LANES) == len(frozenset().union(*held))


def test_nodes_share_the_lanes_and_wake_every_ticket_once(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = settings_of(broker.bootstrap)
    new = NewDesk(zone="UTC", kafka=desk_name)
    with ExitStack() as stack:
        desk = stack.enter_context(Desk.create(tmp_path / "one", new, kafka=settings))
        place = Place(desk, Clock())
        topic = f"{desk_name}.ledger"
        first = stack.enter_context(GroupLease(settings, topic, f"{desk_name}.waker"))
        wait_until(lambda: first.lanes() == ALL_LANES)
        second = stack.enter_context(GroupLease(settings, topic, f"{desk_name}.waker"))
        leases = [first, second]
        wait_until(lambda: shared(*leases))
        runners = [
            Runner(Waker(), Parts(desk.ledger, desk.writer, desk.clock, lease)) for lease in leases
        ]
        tickets = [place.snoozed(2) for _ in range(24)]

        def all_woken() -> bool:
            for runner in runners:
                # Where the lanes are shared anew just now, or the brokers slow: the next step.
                with suppress(Unavailable, OutcomeUnknown, Conflict):
                    runner.step()
            return all(place.wakings(ticket) for ticket in tickets)

        wait_until(all_woken)
        assert [place.wakings(ticket) for ticket in tickets] == [1] * 24
        assert all(runner.outcomes.counts()["applied"] for runner in runners)
        first.close()
        wait_until(lambda: second.lanes() == ALL_LANES)


def test_a_node_far_from_the_brokers_is_given_its_lanes_and_keeps_them(
    broker: Cluster, desk_name: str
) -> None:
    topic = f"{desk_name}.ledger"
    Topics(broker).create(topic, len(ALL_LANES))
    settings = settings_of(broker.proxied_bootstrap)
    with Proxy(broker.addresses) as proxy:
        proxy.slow(delay_seconds=0.15)
        with GroupLease(settings, topic, f"{desk_name}.waker") as lease:
            wait_until(lambda: lease.lanes() == ALL_LANES)
            # Another one joins, and goes: each time all must be told of it.
            with GroupLease(settings, topic, f"{desk_name}.waker") as other:
                wait_until(lambda: shared(lease, other))
            wait_until(lambda: lease.lanes() == ALL_LANES)


def test_a_node_that_comes_before_the_topic_is_known_is_given_its_lanes_later(
    broker: Cluster, desk_name: str
) -> None:
    settings = settings_of(broker.bootstrap)
    topic = f"{desk_name}.ledger"
    with GroupLease(settings, topic, f"{desk_name}.waker") as lease:
        assert not lease.lanes()
        Topics(broker).create(topic, len(ALL_LANES))
        wait_until(lambda: lease.lanes() == ALL_LANES)
