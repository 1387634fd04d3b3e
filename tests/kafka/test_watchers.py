"""Nodes of a desk on Kafka share what they watch; each mark and breach is recorded once."""

from contextlib import ExitStack, suppress
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.processes.group_lease import GroupLease
from deskledger.consumers.processes.runner import Parts
from deskledger.consumers.processes.watch_beginning import from_ledger
from deskledger.consumers.processes.watcher import Watcher
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.eventlog.errors import Conflict, OutcomeUnknown, Unavailable
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import settings_of
from tests.kafka.test_leases import shared
from tests.kafka.topics import wait_until
from tests.processes.build import ALL_LANES, Clock, Place
from tests.processes.clocked import passed, publish

TARGET = {
    "metric": "first_response",
    "within": "PT2S",
    "marks": [{"name": "soon", "offset": "-PT1S"}],
}


def stepped(watcher: Watcher) -> int | None:
    """What a step did; None where the lanes are shared anew just now, or the brokers slow."""
    with suppress(Unavailable, OutcomeUnknown, Conflict):
        return watcher.step()
    return None


def test_nodes_share_the_lanes_and_record_every_mark_and_breach_once(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    settings = settings_of(broker.bootstrap)
    new = NewDesk(zone="UTC", kafka=desk_name)
    with ExitStack() as stack:
        desk = stack.enter_context(Desk.create(tmp_path / "one", new, kafka=settings))
        place = Place(desk, Clock())
        publish(place, TARGET)
        topic, group = f"{desk_name}.ledger", f"{desk_name}.watcher"
        first = stack.enter_context(GroupLease(settings, topic, group))
        wait_until(lambda: first.lanes() == ALL_LANES)
        second = stack.enter_context(GroupLease(settings, topic, group))
        watchers = [
            Watcher(
                Parts(desk.ledger, desk.writer, desk.clock, lease),
                desk.ledger,
                lambda lanes, _due: from_ledger(desk.ledger, lanes),
            )
            for lease in (first, second)
        ]
        wait_until(lambda: shared(first, second))
        tickets = [place.ask(None, OpenTicket(channel="email")).stream for _ in range(12)]

        def all_recorded() -> bool:
            for watcher in watchers:
                stepped(watcher)
            return all(len(passed(place, ticket)) == 2 for ticket in tickets)

        wait_until(all_recorded)
        for ticket in tickets:
            assert [one.mark for one in passed(place, ticket)] == ["soon", None]
        first.close()
        wait_until(lambda: second.lanes() == ALL_LANES)
        wait_until(lambda: stepped(watchers[1]) == 0)
        assert [len(passed(place, ticket)) for ticket in tickets] == [2] * 12
