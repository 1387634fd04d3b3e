"""Nodes of a desk on real brokers: ledgers with invented commits, and whole desks."""

import uuid
from dataclasses import replace
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from deskledger.eventlog.kafka.founding import NewLog, begin_log, make_topics
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.settings import KafkaSettings
from tests.kafka.brokers import Cluster
from tests.kafka.topics import wait_until
from tests.patience import PATIENCE_SECONDS

LANES = 12


# A broker on a busy machine may answer nobody for many seconds, and nothing is wrong.
PATIENT = KafkaSettings(
    connect_seconds=60.0, fresh_seconds=60.0, answer_seconds=float(PATIENCE_SECONDS)
)
# Where brokers are gone, a test takes as long as nodes wait for them.
PROMPT = KafkaSettings(connect_seconds=15.0)


def settings_of(bootstrap: str, settings: KafkaSettings = PATIENT) -> KafkaSettings:
    """How a cluster is reached."""
    return replace(settings, bootstrap=tuple(bootstrap.split(",")))


def expect_no_answer(ledger: KafkaLedger) -> None:
    """Lets a node wait for its brokers as long as it does for people: they are gone."""
    ledger.log.settings = settings_of(",".join(ledger.log.settings.bootstrap), PROMPT)


def new_log(cluster: Cluster, name: str, lanes: int = LANES) -> Location:
    """The log of a new desk: topics and the first record of each lane; no vault."""
    settings = settings_of(cluster.bootstrap)
    location = make_topics(settings, NewLog(name, str(uuid.uuid4()), lanes))
    begin_log(settings, location, [])
    return location


def node(location: Location, directory: Path, settings: KafkaSettings = PATIENT) -> KafkaLedger:
    """A node of its own in a directory, which has read all there is."""
    directory.mkdir(exist_ok=True)
    location.write(directory)
    ledger = KafkaLedger.open(directory, settings)
    wait_until(ledger.refresh)
    return ledger


def new_desk(cluster: Cluster, directory: Path, name: str) -> Desk:
    """A whole desk in a directory, open."""
    settings = settings_of(cluster.bootstrap)
    return Desk.create(directory, NewDesk(zone="UTC", kafka=name), kafka=settings)


def second_node(desk: Desk, directory: Path) -> Desk:
    """The same desk at another node: a copy of its two small files is all that it takes."""
    directory.mkdir()
    for name in ("kafka.json", "desk.key"):
        (directory / name).write_bytes((desk.directory / name).read_bytes())
    (directory / "desk.key").chmod(0o600)
    return Desk.open(directory, kafka=PATIENT)
