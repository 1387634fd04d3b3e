"""The judgement of a scene: was every promise kept?"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from deskledger.app.desk import Desk
from deskledger.eventlog.records import StoredRecord
from tests.kafka.checker import Evidence, check, is_recorded
from tests.kafka.faults.scene import Scene, records_of, wait_refreshed
from tests.kafka.history import Attempt, Outcome
from tests.kafka.log_checks import Lanes

REPEATED = 20


def judge(scene: Scene) -> dict[str, Any]:
    """Ends the clients, settles what is unknown, and checks every promise.

    Returns:
        The figures of the scene.
    """
    scene.cluster.heal()
    scene.rest()
    counted = scene.attempts
    if not scene.log_changed:
        settle(scene)
    scene.followers.stop()
    scene.followers.check(scene.cluster, scene.directory / "aside.duckdb")
    replicas = replicas_of(scene)
    log = replicas["first"] if scene.log_changed else scene.topic().values()
    topic = [[(key_of(record), record.value) for record in lane] for lane in log]
    found = check(
        Evidence(
            scene.desk.ledger.desk, scene.attempts, topic, replicas, scene.earlier, scene.foreign
        )
    )
    assert not found, "\n".join(map(str, found))
    return {**figures(counted, replicas["first"]), "recovered_seconds": scene.recovered_seconds}


def settle(scene: Scene) -> None:
    """Asks again for every command whose outcome nobody knows, until it is known."""
    attempts = scene.attempts
    settled = {each.command for each in attempts if is_recorded(each)}
    unknown = {
        each.command: each.stream
        for each in attempts
        if each.outcome is Outcome.UNKNOWN and each.command not in settled
    }
    for command, stream in unknown.items():
        scene.settled(command, stream)


def replicas_of(scene: Scene) -> dict[str, Lanes]:
    """What every node holds, and one that begins to read now, of a log that can be read."""
    nodes = dict(scene.nodes)
    with ExitStack() as until:
        if not scene.log_changed:
            nodes["fresh"] = until.enter_context(scene.node("fresh"))
            wait_refreshed(nodes["fresh"])
            repeat(scene, nodes["fresh"])
        wait_refreshed(*nodes.values())
        return {name: records_of(node) for name, node in nodes.items()}


def repeat(scene: Scene, desk: Desk) -> None:
    """Asks a node that has just read the log for commands that are settled."""
    settled = [each for each in scene.attempts if is_recorded(each)]
    for each in scene.random.sample(settled, min(REPEATED, len(settled))):
        assert scene.settled(each.command, each.stream, desk) is each.outcome


def key_of(record: Any) -> bytes | None:
    """The key of a record of the topic, or of a replica that has to stand for it."""
    key: bytes | None = record.stream.encode() if isinstance(record, StoredRecord) else record.key
    return key


def figures(attempts: Sequence[Attempt], replica: Lanes) -> dict[str, Any]:
    """How often each outcome was told, and void records by their verdict."""
    outcomes = Counter(attempt.outcome.value for attempt in attempts)
    void = Counter(r.verdict for records in replica for r in records if "void" in r.verdict)
    return {**{outcome.value: outcomes[outcome.value] for outcome in Outcome}, "void": dict(void)}
