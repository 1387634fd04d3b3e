"""A subscriber with another client, in as few lines as the promise takes."""

import json
from typing import Any

from confluent_kafka import Consumer, TopicPartition


def handled_by_librdkafka(bootstrap: str, topic: str, lanes: int) -> dict[int, list[Any]]:
    """The data of every published event by lane, read to the end of the feed."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False}
    )
    places = [TopicPartition(topic, lane, 0) for lane in range(lanes)]
    ends = {p.partition: consumer.get_watermark_offsets(p, timeout=60)[1] for p in places}
    consumer.assign(places)
    last = dict.fromkeys(range(lanes), 0)
    found: dict[int, list[Any]] = {lane: [] for lane in range(lanes)}
    while any(place.offset < ends[place.partition] for place in consumer.position(places)):
        record: Any = consumer.poll(1.0)
        if record is None:
            continue
        assert record.error() is None
        headers, lane = dict(record.headers()), record.partition()
        assert int(headers["ce_previoussequence"]) <= last[lane], "something is missing"
        if int(headers["ce_sequence"]) > last[lane]:
            last[lane] = int(headers["ce_sequence"])
            found[lane].append(json.loads(record.value()))
    consumer.close()
    return found
