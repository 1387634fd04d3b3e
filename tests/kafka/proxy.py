"""Links between clients and brokers that can be slow, narrow or cut, in one direction or both.

Each broker advertises a proxy's port on its second listener. A client that begins at
a cluster's `proxied_bootstrap` therefore reaches every broker through its link, and other brokers
never do.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any, Self

from tests.kafka.node import HOST, Addresses
from tests.patience import PATIENCE_SECONDS

CHUNK_BYTES = 1 << 16
CHUNKS_ON_THE_WAY = 64


class Direction(Flag):
    """The ways of a link."""

    REQUESTS = auto()
    ANSWERS = auto()
    BOTH = REQUESTS | ANSWERS


@dataclass
class Way:
    """One direction of a link, as it is at present.

    Attributes:
        delay_seconds: how long each byte is on the way.
        bytes_per_second: how much passes, None for all that comes.
        passable: not set while the link is cut; what was sent waits, as TCP lets it.
    """

    delay_seconds: float = 0.0
    bytes_per_second: float | None = None
    passable: asyncio.Event = field(default_factory=asyncio.Event)

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Carries bytes until the source ends; then the target has ended, too."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_ON_THE_WAY)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._accept(source, on_the_way))
                tasks.create_task(self._deliver(on_the_way, target))
        except* OSError:
            pass  # one end is gone, and the other learns it by the closing below
        finally:
            target.close()

    async def _accept(
        self, source: asyncio.StreamReader, on_the_way: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        data = None
        while data != b"":
            data = await source.read(CHUNK_BYTES)
            await on_the_way.put((asyncio.get_running_loop().time() + self.delay_seconds, data))

    async def _deliver(
        self, on_the_way: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter
    ) -> None:
        while True:
            due, data = await on_the_way.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if self.bytes_per_second is not None:
                await asyncio.sleep(len(data) / self.bytes_per_second)
            await self.passable.wait()
            if not data:
                return
            target.write(data)
            await target.drain()


class Link:
    """The way to one broker and back, for all clients."""

    def __init__(self, port: int, broker_port: int) -> None:
        self.ways = {Direction.REQUESTS: Way(), Direction.ANSWERS: Way()}
        self._port = port
        self._broker_port = broker_port
        self._carried: set[asyncio.Task[Any]] = set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        """Opens the link to clients."""
        self.restore()
        self._server = await asyncio.start_server(self._connected, HOST, self._port)

    def restore(self) -> None:
        """Makes the link as fast as it can be."""
        for way in self.ways.values():
            way.delay_seconds, way.bytes_per_second = 0.0, None
            way.passable.set()

    async def sever(self) -> None:
        """Ends all connections that go through the link; new ones may come."""
        await _ended(self._carried)
        # A task that was ended before it began has closed nothing.
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def close(self) -> None:
        """Ends the link with its connections."""
        assert self._server is not None
        self._server.close()
        # Somebody may have been let in just now of whom the link does not know yet.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await _ended(others)
        await self.sever()
        # What was closed is gone at the loop's next turns.
        for _ in range(3):
            await asyncio.sleep(0)

    async def _connected(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carried.add(task)
        self._ends.add(answers)
        with suppress(asyncio.CancelledError):
            await self._carry(client, answers)
        self._carried.discard(task)

    async def _carry(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        try:
            broker, requests = await asyncio.open_connection(HOST, self._broker_port)
        except OSError:
            answers.close()
            return
        self._ends.add(requests)
        async with asyncio.TaskGroup() as ways:
            ways.create_task(self.ways[Direction.REQUESTS].carry(client, requests))
            ways.create_task(self.ways[Direction.ANSWERS].carry(broker, answers))


async def _ended(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    """Ends tasks and waits until they have."""
    each = [task for task in tasks if task is not None]
    for task in each:
        task.cancel()
    await asyncio.gather(*each, return_exceptions=True)


class Proxy:
    """The links to all brokers (`Proxy(cluster.addresses)`), closed with the `with` block.

    Each change takes the numbers of the brokers whose links it is for: none means all.
    """

    def __init__(self, addresses: Mapping[int, Addresses]) -> None:
        self._links = {number: Link(each.proxy, each.behind) for number, each in addresses.items()}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        for link in self._links.values():
            self._run(link.listen())
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links.values():
            self._run(link.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def slow(
        self,
        *numbers: int,
        delay_seconds: float = 0.0,
        bytes_per_second: float | None = None,
        direction: Direction = Direction.BOTH,
    ) -> None:
        """Makes links late or narrow."""
        for way in self._ways(numbers, direction):
            way.delay_seconds, way.bytes_per_second = delay_seconds, bytes_per_second

    def cut(self, *numbers: int, direction: Direction = Direction.BOTH) -> None:
        """Lets nothing pass; connections stay, and what is sent waits for `restore`."""
        for way in self._ways(numbers, direction):
            self._loop.call_soon_threadsafe(way.passable.clear)

    def sever(self, *numbers: int) -> None:
        """Ends the connections of links, with all that is on its way."""
        for link in self._chosen(numbers):
            self._run(link.sever())

    def restore(self, *numbers: int) -> None:
        """Makes links as fast as they can be; what waited arrives."""
        for link in self._chosen(numbers):
            self._loop.call_soon_threadsafe(link.restore)

    def _chosen(self, numbers: Iterable[int]) -> list[Link]:
        return [self._links[number] for number in numbers or self._links]

    def _ways(self, numbers: Iterable[int], direction: Direction) -> list[Way]:
        links = self._chosen(numbers)
        return [way for link in links for each, way in link.ways.items() if each in direction]

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)
