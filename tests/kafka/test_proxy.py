"""Links that are slow or cut: to a plain server, and between a client and real brokers."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.kafka.brokers import Cluster
from tests.kafka.node import HOST, Addresses
from tests.kafka.plain import values
from tests.kafka.ports import Ports
from tests.kafka.proxy import Direction, Proxy
from tests.kafka.topics import Topics, wait_until
from tests.patience import PATIENCE_SECONDS

SILENCE_SECONDS = 0.3
DELAY_SECONDS = 0.2


class Ends(NamedTuple):
    """The two ends of a connection that goes through a link, and the link."""

    client: socket.socket
    server: socket.socket
    proxy: Proxy


@contextmanager
def connected() -> Iterator[Ends]:
    ports = Ports()
    addresses = Addresses(*(ports.take() for _ in Addresses._fields))
    with (
        socket.create_server((HOST, addresses.behind)) as listening,
        Proxy({1: addresses}) as proxy,
        socket.create_connection((HOST, addresses.proxy)) as client,
    ):
        server, _ = listening.accept()
        with server:
            # The link is complete once something has gone each way.
            client.sendall(b"?")
            server.sendall(server.recv(1))
            client.recv(1)
            yield Ends(client, server, proxy)
    ports.release()


def silent(end: socket.socket) -> bool:
    """Whether nothing comes for a moment."""
    end.settimeout(SILENCE_SECONDS)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(None)
    return False


def test_a_link_carries_both_ways_and_in_order() -> None:
    data = bytes(range(256)) * 4_096
    with connected() as (client, server, _):
        server.settimeout(PATIENCE_SECONDS)
        client.sendall(data[:1000])
        assert server.recv(1000, socket.MSG_WAITALL) == data[:1000]
        server.sendall(data)
        assert client.recv(len(data), socket.MSG_WAITALL) == data


def test_a_cut_link_holds_back_what_is_sent_until_it_is_restored() -> None:
    with connected() as (client, server, proxy):
        proxy.cut()
        client.sendall(b"to")
        server.sendall(b"fro")
        assert silent(server)
        assert silent(client)
        proxy.restore()
        assert server.recv(2, socket.MSG_WAITALL) == b"to"
        assert client.recv(3, socket.MSG_WAITALL) == b"fro"


@pytest.mark.parametrize("direction", [Direction.REQUESTS, Direction.ANSWERS])
def test_one_direction_can_be_cut_alone(direction: Direction) -> None:
    with connected() as (client, server, proxy):
        proxy.cut(direction=direction)
        open_way = (server, client) if direction is Direction.REQUESTS else (client, server)
        open_way[0].sendall(b"passes")
        assert open_way[1].recv(6, socket.MSG_WAITALL) == b"passes"
        open_way[1].sendall(b"does not")
        assert silent(open_way[0])


def test_a_slow_link_keeps_bytes_for_its_delay_but_carries_many_at_a_time() -> None:
    pieces = 20
    with connected() as (client, server, proxy):
        proxy.slow(1, delay_seconds=DELAY_SECONDS, direction=Direction.REQUESTS)
        begin = time.monotonic()
        for _ in range(pieces):
            client.sendall(b"x")
            time.sleep(DELAY_SECONDS / pieces)
        assert server.recv(1) == b"x"
        assert time.monotonic() - begin >= DELAY_SECONDS
        assert len(server.recv(pieces - 1, socket.MSG_WAITALL)) == pieces - 1


def test_a_narrow_link_takes_its_time() -> None:
    with connected() as (client, server, proxy):
        proxy.slow(bytes_per_second=10_000)
        begin = time.monotonic()
        client.sendall(bytes(3_000))
        server.recv(3_000, socket.MSG_WAITALL)
        assert time.monotonic() - begin >= SILENCE_SECONDS


def test_a_severed_link_ends_its_connections() -> None:
    with connected() as (client, server, proxy):
        proxy.sever(1)
        assert client.recv(1) == b""
        assert server.recv(1) == b""


def test_an_end_that_closes_closes_the_other() -> None:
    with connected() as (client, server, _):
        client.close()
        assert server.recv(1) == b""


def test_an_acknowledgement_that_a_cut_link_holds_back_leaves_the_record_in_the_log(
    cluster: Cluster, desk_name: str
) -> None:
    topics = Topics(cluster)
    topics.create(desk_name)
    with Proxy(cluster.addresses) as proxy:
        producer = KafkaProducer(
            bootstrap_servers=cluster.proxied_bootstrap.split(","),
            request_timeout_ms=10_000,
            delivery_timeout_ms=20_000,
        )
        producer.send(desk_name, b"one", partition=0).get(60)
        proxy.cut(direction=Direction.ANSWERS)
        with pytest.raises(KafkaError):
            producer.send(desk_name, b"two", partition=0).get(60)
        producer.close(timeout=0)
    wait_until(lambda: topics.reach(desk_name)[1] >= 2)
    assert values(cluster, desk_name, 2) == [b"one", b"two"]
