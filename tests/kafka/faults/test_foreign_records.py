"""Somebody else writes to the ledger's topic: everything is kept, and what does not fit is void."""

from tests.eventlog.build import ticket
from tests.kafka.brokers import Cluster
from tests.kafka.faults.conftest import Stage
from tests.kafka.faults.foreign import Foreigner
from tests.kafka.faults.forgeries import beginning, fitting, misfits, other_lane
from tests.kafka.ledger.nodes import LANES

GARBAGE = (
    b"",
    None,
    b"\x00\xff\xfe",
    b"{",
    b"[]",
    b"null",
    b'{"format":1}',
    b'\xef\xbb\xbf{"format":1}',
    b'{"format":1,"format":1}',
    b"[" * 100_000,
    b'{"format":1,"stream":"\xff"}',
)
KEYS = (None, b"", b"\xff", b"lane/0", b"no stream", b"ticket/x")


def test_foreign_garbage(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene, Foreigner(scene) as foreigner:
        clients = scene.clients(threads=2)
        clients.recovered()
        places = [
            foreigner.append(value, key, scene.random.randrange(LANES))
            for value in GARBAGE
            for key in scene.random.sample(KEYS[value is None :], 3)
        ]
        places.append(foreigner.append_nothing(scene.random.randrange(LANES)))
        scene.recovered_seconds = clients.recovered()
        assert set(scene.verdicts(places)) <= {"void:malformed", "void:wrong_lane"}


def test_foreign_misfits(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene, Foreigner(scene) as foreigner:
        clients = scene.clients(threads=2)
        clients.recovered()
        places = {name: foreigner.write(each) for name, each in misfits(scene).items()}
        new = beginning(scene, ticket(77))
        places["lane"] = foreigner.write(new, lane=other_lane(new.stream))
        places["key"] = foreigner.write(new, key=ticket(78).encode())
        scene.recovered_seconds = clients.recovered()
        clients.stop()
        verdicts = dict(zip(places, scene.verdicts(list(places.values())), strict=True))
        assert verdicts == {
            "version ahead": "void:conflict",
            "version taken": "void:conflict",
            "prev": "void:conflict",
            "desk": "void:conflict",
            "command": "void:duplicate_command",
            "copy": "void:duplicate_command",
            "lane": "void:wrong_lane",
            "key": "void:wrong_lane",
        }


def test_foreign_transactions(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene, Foreigner(scene, transactional_id=scene.name) as foreigner:
        clients = scene.clients(threads=2)
        clients.recovered()
        places = []
        for end in ("commit", "abort"):
            with foreigner.transaction(end):
                places += [foreigner.write(each) for each in misfits(scene).values()]
        with foreigner.transaction("abort"):
            counted = foreigner.write(fitting(scene))
        scene.recovered_seconds = clients.recovered()
        clients.stop()
        assert all(verdict.startswith("void:") for verdict in scene.verdicts(places))
        assert scene.verdicts([counted]) == ["effective"]
