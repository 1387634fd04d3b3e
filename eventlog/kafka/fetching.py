"""How records are fetched from the brokers: all partitions of a broker at a time, or none.

The client of kafka-python asks a broker about those of its partitions of which it holds nothing
at that moment. The broker may keep such a question for half a second, and so long nothing is
heard of the partitions left out, however much they have. It also sleeps beside records that came
while it was asking. Java's client asks about all or none since its version 4.0.
"""

from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.errors import KafkaTimeoutError
from kafka.future import Future

from deskledger.eventlog.kafka.clients import connected
from deskledger.eventlog.kafka.plain_records import PlainRecords


def fetching_consumer(options: Mapping[str, Any]) -> Any:
    """A consumer for partitions that are assigned to it and sought.

    Raises:
        KafkaError: no broker was reached in time, or it refused.
    """
    consumer = connected(KafkaConsumer, options)
    state = consumer._subscription  # noqa: SLF001 - the client lets nobody choose its fetcher
    consumer._fetcher = WholeFetcher(consumer._client, state, **consumer.config)  # noqa: SLF001
    return consumer


class WholeFetcher(Fetcher):  # type: ignore[misc]  # the client has no types
    """Asks each broker about all of its partitions, as soon as the last answer is handed on.

    It gives plain records, whether they were committed or not; there are no deserializers.

    Attributes:
        is_ahead: whether brokers are asked while what they gave is used, or when more is wanted.
    """

    PartitionRecords = PlainRecords
    is_ahead = True

    def fetch_records(
        self,
        max_records: int | None = None,
        update_offsets: bool = True,  # noqa: FBT001, FBT002 - the client's own signature
        timeout_ms: float | None = None,
    ) -> tuple[dict[TopicPartition, list[Any]], bool]:
        """What has come, or comes in time; then the brokers may be asked for more meanwhile.

        Returns:
            The records, and whether there is nobody to wait for.
        """
        idle = False
        records, has_more = self.fetched_records(max_records, update_offsets=update_offsets)
        if not records:
            idle = self._net.run(self._wait, timeout_ms)
            records, has_more = self.fetched_records(max_records, update_offsets=update_offsets)
        if records and not has_more and self.is_ahead:
            self._manager.call_soon(self._send_fetches_async)
        return records, idle

    async def _wait(self, timeout_ms: float | None) -> bool:
        """Asks the brokers, and waits for an answer; True where none can come."""
        await self._send_fetches_async()
        if self._completed_fetches:
            return False
        answered = Future()

        def note(_: object) -> None:
            if not answered.is_done:
                answered.success(None)

        for asked in self._fetch_futures:
            asked.add_both(note)
        if self._fetch_futures:
            try:
                await self._manager.wait_for(answered, timeout_ms)
            except KafkaTimeoutError:
                return False
        return not self._fetch_futures

    def _fetchable_partitions(self) -> list[TopicPartition]:
        """The partitions of brokers that are asked now: of which no records are left."""
        ready: list[TopicPartition] = super()._fetchable_partitions()
        held = set(self._subscriptions.fetchable_partitions()).difference(ready)
        if not held:
            return ready
        busy = {self._select_read_replica(one) for one in held}
        return [one for one in ready if self._select_read_replica(one) not in busy]
