"""Records per second of proving exported lanes and a topic, beside bare loops that only read them.

The records are those of the generated desk; the topic is on one broker on this machine. Each way
runs in a process of its own, for its peak of memory; two processes share the lanes where stated.
"""

import sys
from functools import partial
from pathlib import Path

from brokers import brokers
from generate import TICKETS, generated_desk
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from measuring import measured
from report import print_machine, print_table, scratch

from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.records import LEDGER
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.lane_files import export_lanes, lane_files
from deskledger.replay.exported_lane import exported_lanes
from deskledger.replay.ledger_rows import desk_and_lanes, lane_rows, reading
from deskledger.replay.log_chains import verify_log
from deskledger.replay.topic_lane import topic_lanes

TOPIC = "bench.ledger"
TICKETS_ON_KAFKA = min(TICKETS, 10_000)
POLL_MS = 500


def main() -> None:
    """Export the desk, bring it to a broker, and measure each way of reading it."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS_ON_KAFKA
    ledger = generated_desk(tickets) / LEDGER.name
    print_machine()
    with scratch() as place:
        lanes = place / "lanes"
        rows = [measured("export, written", partial(_export, ledger, lanes))]
        rows += [
            measured("ledger.sqlite, proved", partial(_prove_ledger, ledger)),
            measured("export, bare lines", partial(_read_lines, lanes)),
            measured("export, proved by one process", partial(_prove_export, lanes, 1)),
            measured("export, proved by two", partial(_prove_export, lanes, 2)),
        ]
        with brokers(place) as cluster:
            bootstrap = cluster.bootstrap
            records = _fill(ledger, bootstrap)
            rows += [
                measured("topic, bare poll", partial(_poll, bootstrap)),
                measured("topic, proved by one process", partial(_prove_topic, bootstrap, 1)),
                measured("topic, proved by two", partial(_prove_topic, bootstrap, 2)),
            ]
    print_table(
        f"{tickets:,} tickets, {records:,} records",
        ("", "records/s", "CPU µs a record", "peak MiB"),
        [
            (name, records / seconds, used * 1e6 / records, peak)
            for name, seconds, used, peak in rows
        ],
    )


def _export(ledger: Path, lanes: Path) -> None:
    export_lanes(ledger, lanes, _tell_nobody)


def _prove_ledger(ledger: Path) -> None:
    assert not verify_chains(ledger, processes=1).differences


def _read_lines(lanes: Path) -> int:
    count = 0
    for path in lane_files(lanes):
        with path.open("rb") as file:
            count += sum(1 for _ in file)
    return count


def _prove_export(lanes: Path, processes: int) -> None:
    assert not verify_log(exported_lanes(lanes), processes=processes).differences


def _prove_topic(bootstrap: str, processes: int) -> None:
    source = topic_lanes(KafkaSettings((bootstrap,)), TOPIC)
    assert not verify_log(source, processes=processes).differences


def _poll(bootstrap: str) -> int:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False,
        auto_offset_reset="earliest", metrics_enabled=False, max_poll_records=2_000,
        fetch_max_bytes=8 << 20, max_partition_fetch_bytes=8 << 20,
    )  # fmt: skip
    partitions = [TopicPartition(TOPIC, one) for one in consumer.partitions_for_topic(TOPIC)]
    left = int(sum(consumer.end_offsets(partitions).values()))
    count = left
    consumer.assign(partitions)
    while left > 0:
        left -= sum(map(len, consumer.poll(timeout_ms=POLL_MS).values()))
    consumer.close()
    return count


def _fill(ledger: Path, bootstrap: str) -> int:
    """Brings every record of the desk to a topic; gives how many there are."""
    with reading(ledger) as connection:
        _, lanes = desk_and_lanes(connection)
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        settings = {"message.timestamp.type": "LogAppendTime"}
        admin.create_topics([NewTopic(TOPIC, lanes, 1, topic_configs=settings)])
        admin.close()
        producer = KafkaProducer(
            bootstrap_servers=bootstrap, acks="all", linger_ms=20, metrics_enabled=False
        )
        count = 0
        for lane in range(lanes):
            for rows in lane_rows(connection, ledger, lane):
                for row in rows:
                    producer.send(TOPIC, key=row.key, value=row.value, partition=lane)
                count += len(rows)
                producer.flush(60)
        producer.close()
    return count


def _tell_nobody(_records: int) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
