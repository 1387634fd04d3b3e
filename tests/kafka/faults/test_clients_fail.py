"""Commands that come twice or in disorder, are too long, or come from a wrong clock."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from kafka.errors import KafkaError

from deskledger.app.desk import Desk
from deskledger.domain.shapes import TEXT_LENGTH_MAX
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.together import Together
from tests.kafka.brokers import Cluster
from tests.kafka.faults.asking import new_command
from tests.kafka.faults.conftest import Stage
from tests.kafka.faults.foreign import Foreigner
from tests.kafka.faults.scene import Scene
from tests.kafka.history import Outcome
from tests.kafka.topics import wait_until

COMMANDS = 100
TICKETS = 10
HOUR = timedelta(hours=1)
LONG = "x" * TEXT_LENGTH_MAX
NOTES = 10


def test_commands_duplicated_and_reordered(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        tickets = scene.tickets[:TICKETS]
        commands = [
            (new_command(scene.random), scene.random.choice(tickets)) for _ in range(COMMANDS)
        ]
        deliverers = [
            threading.Thread(
                target=deliver,
                args=(scene, scene.random.sample(commands, COMMANDS), desk),
            )
            for desk in scene.nodes.values()
            for _ in range(2)
        ]
        for deliverer in deliverers:
            deliverer.start()
        for deliverer in deliverers:
            deliverer.join()


def deliver(scene: Scene, commands: Sequence[tuple[str, str]], desk: Desk) -> None:
    """Asks for commands in this order."""
    for command, ticket in commands:
        scene.ask(command, ticket, desk)


def test_oversize_records(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene, Foreigner(scene) as foreigner:
        clients = scene.clients(threads=2)
        clients.recovered()
        long = Together(parts=tuple(AddNote(text=LONG) for _ in range(NOTES)))
        refused = new_command(scene.random)
        assert scene.settled(refused, scene.tickets[0], work=long) is Outcome.REFUSED
        taken = foreigner.append(b'{"long":"%s"}' % (b"x" * 600_000), b"ticket/long", 0)
        with pytest.raises(KafkaError):
            foreigner.append(b"x" * (1 << 21), b"ticket/long", 0)
        scene.recovered_seconds = clients.recovered()
        assert scene.verdicts([taken]) == ["void:too_large"]


class Clock:
    """The machine's clock, set wrong by so much."""

    off = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.off


def test_clocks_an_hour_off(stage: Stage, broker: Cluster) -> None:
    clock = Clock()
    with stage(broker) as scene, scene.node("astray", clock=clock) as astray:
        clients = scene.clients(threads=2)
        scene.settled(new_command(scene.random), scene.tickets[0], astray)
        for off in (HOUR, -HOUR):
            clock.off = off
            for ticket in scene.tickets[:5]:
                command = new_command(scene.random)
                assert scene.ask(command, ticket, astray) is Outcome.UNAVAILABLE
            wait_until(lambda: astray.ledger.freshness().is_fresh)
        clock.off = timedelta()
        again = scene.clients(astray, threads=2)
        scene.recovered_seconds = again.recovered()
        again.stop()
        clients.stop()
        assert abs(time.time() - scene.newest_at()) < HOUR.total_seconds() / 2
