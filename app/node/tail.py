"""The role that keeps this node's replica of a log on Kafka current, and says how fresh it is."""

import threading

import structlog

from deskledger.eventlog.kafka.ledger import KafkaLedger

LOOK_SECONDS = 1.0

_log = structlog.get_logger()


def run_tail(ledger: KafkaLedger, stop: threading.Event) -> None:
    """Watches the reading of the log until `stop` is set; the reading itself is the ledger's.

    A node whose brokers are gone goes on and answers from its replica; one that can read a lane
    no further ends, because it would never be right again by itself.

    Raises:
        LogChanged, NewerVersion: a lane is read no further, for this reason.
    """
    was: tuple[bool, bool] | None = None
    while not stop.is_set():
        for partition, standing in ledger.log.standings.all.items():
            if standing.stopped is not None:
                _log.error("lane_stopped", topic=partition.topic, lane=partition.partition)
                raise standing.stopped
        now = ledger.freshness()
        # Why it is stale may come to be known only later, and is then told, too.
        told = now.is_fresh, bool(now.trouble) and not now.is_fresh
        if told != was:
            _log.info(
                "fresh" if now.is_fresh else "stale",
                records=sum(lane.records for lane in ledger.progress()),
                reason=now.trouble or None,
            )
            was = told
        stop.wait(LOOK_SECONDS)
