"""Clients of kafka-python, made and closed so that they leave nothing behind.

A client that cannot reach a broker raises out of its constructor while a thread of it goes on
trying; whoever tries again and again would gather such threads. So its network part is made here,
where it can be closed.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from deskledger.eventlog.errors import Unavailable

T = TypeVar("T")
Client = TypeVar("Client")


def connected(make: Callable[..., Client], options: Mapping[str, Any]) -> Client:
    """A client that has reached a broker.

    Raises:
        KafkaError: none was reached in time, or it refused.
    """
    made: list[KafkaNetClient] = []

    def network(**configs: Any) -> KafkaNetClient:
        made.append(KafkaNetClient(**configs))
        return made[-1]

    try:
        return make(**options, kafka_client=network)
    except BaseException:
        for client in made:
            client.close()
        raise


def reached(ask: Callable[[], T]) -> T:
    """What the brokers answer.

    Raises:
        Unavailable: they did not answer, or refused.
    """
    try:
        return ask()
    except KafkaError as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> Unavailable:
    """What an error of the client means for the desk."""
    told = f"The brokers did not do it ({reason(error)}); check that they run and let this desk in."
    return Unavailable(told, reason=type(error).__name__)


def reason(error: BaseException) -> str:
    """What an error says, with its kind in front; the client's own errors name it themselves."""
    kind, told = type(error).__name__, str(error)
    return told if told.startswith(kind) else f"{kind}: {told}"


def drop(producer: Any) -> None:
    """Ends a producer at once, whatever it still holds, and never waits for a broker.

    Its `close` waits for what is under way and raises where that does not come, with its thread
    still running, and tries again when the object is collected. Only the sender can be told to
    give up; it closes the connections as it ends.
    """
    producer._sender.force_close()  # noqa: SLF001 - see above
    producer._unregister_cleanup()  # noqa: SLF001
    producer._closed = True  # noqa: SLF001
