"""What befalls a partition's log: each fault does to a real broker what its name says."""

from tests.kafka.brokers import Cluster
from tests.kafka.plain import refused, send, values
from tests.kafka.segments import cut
from tests.kafka.topics import Topics, wait_until

LIMIT_BYTES = 64 << 10


def test_a_log_can_lose_its_end(broker: Cluster, desk_name: str) -> None:
    topics = Topics(broker)
    topics.create(desk_name)
    send(broker, desk_name, *(f"{number}".encode() for number in range(10)))
    broker.kill_all()
    cut(broker.nodes[1], desk_name, 0, 7)
    broker.heal()
    assert topics.reach(desk_name) == (0, 7)
    send(broker, desk_name, b"another")
    assert values(broker, desk_name, 8)[-2:] == [b"6", b"another"]


def test_a_log_of_three_can_lose_its_end(cluster: Cluster, desk_name: str) -> None:
    topics = Topics(cluster)
    topics.create(desk_name)
    send(cluster, desk_name, *(f"{number}".encode() for number in range(10)))
    cluster.kill_all()
    for node in cluster.nodes.values():
        cut(node, desk_name, 0, 7)
    cluster.heal()
    topics.leader(desk_name)
    assert topics.reach(desk_name) == (0, 7)


def test_a_log_can_begin_later_and_a_topic_anew(broker: Cluster, desk_name: str) -> None:
    topics = Topics(broker)
    topics.create(desk_name)
    send(broker, desk_name, b"one", b"two", b"three")
    topics.delete_before(desk_name, 0, 2)
    assert topics.reach(desk_name) == (2, 3)
    topics.delete(desk_name)
    topics.create(desk_name)
    assert topics.reach(desk_name) == (0, 0)


def test_too_few_brokers_in_sync_acknowledge_nothing(cluster: Cluster, desk_name: str) -> None:
    topics = Topics(cluster)
    topics.create(desk_name)
    topics.configure(desk_name, min_insync_replicas="3")
    spare = next(number for number in cluster.nodes if number != topics.leader(desk_name))
    cluster.nodes[spare].kill()
    topics.wait_in_sync(desk_name, 0, 2)
    assert refused(cluster, desk_name, b"one")
    cluster.heal()
    topics.wait_in_sync(desk_name, 0, 3)
    send(cluster, desk_name, b"two")


def test_a_broker_with_a_full_disk_ends_and_comes_back(broker: Cluster, desk_name: str) -> None:
    topics = Topics(broker)
    topics.create(desk_name)
    send(broker, desk_name, b"one")
    node = broker.nodes[1]
    node.limit_files(LIMIT_BYTES)
    assert refused(broker, desk_name, bytes(LIMIT_BYTES * 2))
    node.wait_ended()
    broker.heal()
    wait_until(lambda: topics.reach(desk_name) == (0, 1))
    send(broker, desk_name, b"two")
    assert values(broker, desk_name, 2) == [b"one", b"two"]
