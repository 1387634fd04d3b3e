"""Subscribe to the feed of a desk: a program to copy and change. It needs kafka-python alone.

    python subscriber.py HOST:PORT NAME.events [--state FILE] [--begin first|now]

Each event is handled once, in the order of its lane, across restarts and whatever number of
publishers runs; here that means printed as a line of JSON. Put your own work in place of `printed`.

What is remembered stands in one SQLite file: per lane the offset to go on at and the last position
handled, and the events that could not be handled (dead letters). Whoever writes the results of
handling into the same file, by the connection that `handle` is given, has them exactly once;
effects elsewhere may be repeated once after a crash, and know a repetition by `source` and `id`.

Exit codes: 0 asked to stop, 1 events are missing, 2 bad arguments.
"""

import argparse
import json
import signal
import sqlite3
import sys
import time
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

HEARTBEAT = "deskledger.feed.Heartbeat.v1"
ATTEMPTS = 3
# A lane is silent for too long after three missing heartbeats.
SILENCE_SECONDS = 90.0
LOOK_BACK_RECORDS = 100

TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS bookmark (
  topic TEXT, lane INTEGER, next_offset INTEGER, sequence INTEGER, PRIMARY KEY (topic, lane)
);
CREATE TABLE IF NOT EXISTS dead_letter (
  topic TEXT, lane INTEGER, sequence INTEGER, error TEXT, headers TEXT, value BLOB,
  PRIMARY KEY (topic, lane, sequence)
);
"""


class EventsMissing(Exception):
    """The feed no longer holds what comes next."""


@dataclass
class Event:
    """What is handled: the attributes of a CloudEvent by name, and its data."""

    lane: int
    sequence: int
    attributes: dict[str, str]
    data: object


@dataclass
class Lane:
    """Where a lane is: the offset to go on at, the last position, and when something came."""

    offset: int
    sequence: int
    heard_at: float
    silent: bool = False
    looked_back: bool = False


def printed(_connection, event):
    """Handle an event; an exception makes it a dead letter after some attempts."""
    line = {**event.attributes, "lane": event.lane, "data": event.data}
    print(json.dumps(line, ensure_ascii=False), flush=True)


class Subscriber:
    """Reads all lanes of a feed and calls `handle(connection, event)` once for each event."""

    def __init__(self, consumer, topic, state, handle, begin="first"):
        self.consumer = consumer
        self.topic = topic
        self.handle = handle
        self.accept_gaps = False
        self.stopping = False
        self.state = sqlite3.connect(state, isolation_level=None)
        self.state.executescript(TABLES)
        self.lanes = self.begin(begin)

    def begin(self, begin):
        """Go on behind the bookmarks; a lane without one begins at the first record or now."""
        numbers = sorted(self.consumer.partitions_for_topic(self.topic) or ())
        if not numbers:
            sys.exit(f"there is no topic {self.topic}")
        places = [TopicPartition(self.topic, number) for number in numbers]
        self.consumer.assign(places)
        firsts = self.consumer.beginning_offsets(places)
        ends = self.consumer.end_offsets(places)
        query = "SELECT lane, next_offset, sequence FROM bookmark WHERE topic = ?"
        marks = {lane: place for lane, *place in self.state.execute(query, (self.topic,))}
        lanes = {}
        for place in places:
            first, end = firsts[place], ends[place]
            offset, sequence = marks.get(place.partition, (first, 0))
            if place.partition not in marks and begin == "now":
                offset, sequence = end, self.last_sequence(place, first, end)
            if not first <= offset <= end:
                # The topic was made anew or cut. Positions still say what was handled.
                offset = first
            lanes[place.partition] = Lane(offset, sequence, time.monotonic())
            self.remember(place.partition, offset, sequence)
        self.consumer.assign(places)
        for place in places:
            self.consumer.seek(place, lanes[place.partition].offset)
        return lanes

    def last_sequence(self, place, first, end):
        """The last position in a lane: what comes behind it is new."""
        self.consumer.assign([place])
        self.consumer.seek(place, max(first, end - LOOK_BACK_RECORDS))
        latest = 0
        while self.consumer.position(place) < end:
            for records in self.consumer.poll(timeout_ms=1000).values():
                found = [read(record) for record in records if record.offset < end]
                latest = max([latest, *(int(each["sequence"]) for each in found if each)])
        return latest

    def run(self):
        """Handle what comes until `stop` is called."""
        while not self.stopping:
            for place, records in self.consumer.poll(timeout_ms=1000).items():
                for record in records:
                    if self.stopping or not self.take(place, record):
                        break
            self.watch()

    def stop(self, *_):
        self.stopping = True

    def take(self, place, record):
        """Handle a record if it is new; False where reading has to begin elsewhere."""
        lane = self.lanes[place.partition]
        lane.heard_at, lane.silent = time.monotonic(), False
        attributes = read(record)
        if attributes is not None:
            sequence, previous = (int(attributes[n]) for n in ("sequence", "previoussequence"))
            if previous > lane.sequence and not self.accept_gaps:
                self.look_back(place, lane, sequence, previous)
                return False
            # A heartbeat stands at the position of an event that came before it.
            if sequence > lane.sequence and attributes["type"] != HEARTBEAT:
                self.handled(place.partition, sequence, attributes, record)
            lane.sequence = max(lane.sequence, sequence)
        lane.offset = record.offset + 1
        self.remember(place.partition, lane.offset, lane.sequence)
        return True

    def look_back(self, place, lane, sequence, previous):
        """Begin again at the first record, once: the offset may be one of an older topic."""
        if lane.looked_back:
            raise EventsMissing(
                f"lane {place.partition}: the feed goes on at {sequence} behind {previous}, and the"
                f" last event handled was {lane.sequence}; what lies between was removed from the"
                " topic. Fetch it from the desk, or go on with --accept-gaps."
            )
        lane.looked_back = True
        self.consumer.seek_to_beginning(place)

    def handled(self, number, sequence, attributes, record):
        """Handle an event; its results and the bookmark are committed together or not at all."""
        for attempt in range(ATTEMPTS):
            # Whatever was the matter may be over in a moment.
            time.sleep(0.2 * attempt)
            self.state.execute("BEGIN IMMEDIATE")
            try:
                event = Event(number, sequence, attributes, json.loads(record.value))
                self.handle(self.state, event)
                self.remember(number, record.offset + 1, sequence)
                self.state.execute("COMMIT")
            except Exception as error:  # noqa: BLE001 - one bad event must not stop the others
                self.state.execute("ROLLBACK")
                failure = repr(error)
            else:
                return
        headers = json.dumps({name: (value or b"").decode() for name, value in record.headers})
        self.state.execute(
            "INSERT OR IGNORE INTO dead_letter VALUES (?, ?, ?, ?, ?, ?)",
            (self.topic, number, sequence, failure, headers, record.value),
        )
        print(f"lane {number}: event {sequence} is a dead letter: {failure}", file=sys.stderr)

    def remember(self, number, offset, sequence):
        self.state.execute(
            "INSERT OR REPLACE INTO bookmark VALUES (?, ?, ?, ?)",
            (self.topic, number, offset, sequence),
        )

    def watch(self):
        """Say once when a lane has been silent for too long: its publishers are dead."""
        for number, lane in self.lanes.items():
            if not lane.silent and time.monotonic() - lane.heard_at > SILENCE_SECONDS:
                lane.silent = True
                print(f"lane {number}: nothing came, not even a heartbeat", file=sys.stderr)


def read(record):
    """The CloudEvents attributes of a record; None for one that is no record of a feed."""
    names = {name[3:]: value for name, value in record.headers if name.startswith("ce_") and value}
    if not {"sequence", "previoussequence", "type", "source", "id"} <= names.keys():
        return None
    return {name: value.decode() for name, value in names.items()}


def main():
    parser = argparse.ArgumentParser(description="Subscribe to the feed of a desk.")
    parser.add_argument("bootstrap", metavar="HOST:PORT", help="brokers to begin with")
    parser.add_argument("topic", metavar="NAME.events")
    parser.add_argument("--state", default="subscriber.sqlite", help="file of what is remembered")
    parser.add_argument("--begin", choices=("first", "now"), default="first")
    parser.add_argument("--accept-gaps", action="store_true", help="go on where events are missing")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="option of KafkaConsumer"
    )
    stated = parser.parse_args()
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=stated.bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            **dict(one.split("=", 1) for one in stated.set),
        )
    except KafkaError as error:
        sys.exit(f"no broker answers at {stated.bootstrap}: {error}")
    subscriber = Subscriber(consumer, stated.topic, stated.state, printed, stated.begin)
    subscriber.accept_gaps = stated.accept_gaps
    signal.signal(signal.SIGTERM, subscriber.stop)
    signal.signal(signal.SIGINT, subscriber.stop)
    try:
        subscriber.run()
    except EventsMissing as missing:
        sys.exit(str(missing))
    finally:
        subscriber.state.close()
        consumer.close(autocommit=False, timeout_ms=1000)


if __name__ == "__main__":
    main()
