"""The lease of a process on Kafka: the brokers share the lanes among the nodes of a group."""

import threading
from typing import Any, Self

import structlog
from kafka import KafkaConsumer
from kafka.errors import KafkaError

from deskledger.eventlog.kafka.clients import connected, reason
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options

SESSION_MS = 6_000
HEARTBEAT_MS = 1_000
# How often a member looks whether it must join anew, and how long brokers wait for that.
LOOK_SECONDS = 0.5
LOOK_MS_MAX = 60_000
# A node that was given nothing looks sooner: the first time the client does not know the lanes yet.
LOOK_SECONDS_WITHOUT = 0.1
JOIN_MS = 2_000
RETRY_SECONDS = 2.0

_log = structlog.get_logger()


class GroupLease:
    """The lanes that the consumer group `<desk>.<process>` has given this node.

    A thread of its own takes part in the group, so that no other node waits for this one's work.
    Nothing is fetched by it: the node's own replica is read. Where no broker is reached the lanes
    last held are kept: what two nodes do at once, ids of commands keep right.
    """

    def __init__(self, settings: KafkaSettings, topic: str, group: str) -> None:
        """`topic` is the ledger's, whose partitions are the lanes."""
        self._options = {
            **client_options(settings),
            "group_id": group,
            "enable_auto_commit": False,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
            "session_timeout_ms": SESSION_MS,
            "heartbeat_interval_ms": HEARTBEAT_MS,
            "max_poll_interval_ms": LOOK_MS_MAX,
        }
        self._topic = topic
        self._consumer: Any = None
        self._lanes: frozenset[int] = frozenset()
        self._trouble = ""
        self._failure: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=group, daemon=True)
        self._thread.start()

    def lanes(self) -> frozenset[int]:
        """The lanes given to this node by now.

        Raises:
            Exception: the client broke in a way that trying again does not mend.
        """
        if self._failure is not None:
            raise self._failure
        return self._lanes

    def close(self) -> None:
        """Lets other nodes have the lanes at once."""
        self._stop.set()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._stop.wait(self._look())
        except BaseException as error:  # noqa: BLE001 - the thread's edge: raised to who asks
            self._failure = error
        finally:
            self._drop()

    def _look(self) -> float:
        """Takes part in the group; gives after how many seconds to look again."""
        try:
            joined = self._joined()
        except (KafkaError, OSError) as error:
            self._drop()
            self._tell(reason(error))
            return RETRY_SECONDS
        self._tell("")
        if not joined:
            return 0.0
        return LOOK_SECONDS if self._lanes else LOOK_SECONDS_WITHOUT

    def _joined(self) -> bool:
        """Whether the node is in the group and has been told its lanes."""
        if self._consumer is None:
            consumer = connected(KafkaConsumer, self._options)
            consumer.subscribe([self._topic])
            self._consumer = consumer
        # The consumer's own `poll` would fetch, and waits its whole time where it must not.
        coordinator = self._consumer._coordinator  # noqa: SLF001
        if not coordinator.poll(timeout_ms=JOIN_MS) and not coordinator.stable():
            # The client forgets a join that outlasts a call if it began for changed metadata: the
            # brokers would have given lanes to a member that neither knows it nor shows it lives.
            coordinator.request_rejoin()
            return False
        self._lanes = frozenset(one.partition for one in self._consumer.assignment())
        return True

    def _drop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=1_000)

    def _tell(self, trouble: str) -> None:
        if trouble and not self._trouble:
            _log.warning("lease_delayed", group=self._options["group_id"], reason=trouble)
        self._trouble = trouble
