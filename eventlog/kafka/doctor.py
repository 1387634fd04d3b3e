"""The doctor: everything about a desk on Kafka that can be wrong, looked at once."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import KafkaError, SecurityDisabledError

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.broker_clock import BrokerClock
from deskledger.eventlog.kafka.clients import connected, reached
from deskledger.eventlog.kafka.handover import Handover, Record
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options
from deskledger.eventlog.kafka.topics import Topics
from deskledger.eventlog.kafka.vault_records import CLOCK_KEY
from deskledger.eventlog.software import SOFTWARE

# What a desk does with its topics, and what nobody should be able to do with its credential.
NEEDED = ("DESCRIBE", "READ", "WRITE")
HARMFUL = ("ALTER", "ALTER_CONFIGS", "DELETE")


class Finding(NamedTuple):
    """What was found in one respect.

    Attributes:
        about: `files`, `brokers`, `topics`, `in_sync`, `clock`, `rights`, `writers` or `reading`.
        state: `ok`, `warning` (works, but somebody should know) or `wrong` (nothing is written).
        told: in words.
    """

    about: str
    state: str
    told: str


def examine(
    directory: Path, settings: KafkaSettings, clock: Callable[[], datetime]
) -> Iterator[Finding]:
    """Looks at a desk directory and its topics; never writes but for a reading of the clock.

    Raises:
        InvalidInput, ForeignFile, NewerVersion: the directory is not that of a desk on Kafka.
    """
    location = Location.read(directory)
    settings = location.reached_by(settings)
    yield from _examine_files(directory, settings, clock)
    try:
        admin = reached(lambda: connected(KafkaAdminClient, client_options(settings)))
    except Unavailable as error:
        yield Finding("brokers", "wrong", str(error))
        return
    with closing(admin):
        for look in (_brokers, _topics, _in_sync, _rights, _writers):
            yield from _looked(look, admin, location)
    yield from _clock(settings, location, clock)


def _looked(
    look: Callable[[Any, Location], Iterator[Finding]], admin: Any, location: Location
) -> Iterator[Finding]:
    about = look.__name__.lstrip("_")
    try:
        yield from look(admin, location)
    except (KafkaError, Unavailable) as error:
        yield Finding(about, "warning", f"not shown: {type(error).__name__}: {error}")


def _examine_files(
    directory: Path, settings: KafkaSettings, clock: Callable[[], datetime]
) -> Iterator[Finding]:
    """The files are this desk's, and reading them goes on where the log does."""
    try:
        with KafkaLedger.open(directory, settings, clock=clock) as ledger:
            yield Finding("files", "ok", f"replica and vault are of desk {ledger.desk}")
            is_fresh = ledger.refresh()
            for lane, standing in enumerate(ledger.standings()):
                if standing.stopped is not None:
                    yield Finding("reading", "wrong", f"lane {lane}: {standing.stopped}")
            told = "all of the log has been read" if is_fresh else ledger.log.trouble
            yield Finding("reading", "ok" if is_fresh else "warning", told)
    except DeskError as error:
        yield Finding("files", "wrong", str(error))


def _brokers(admin: Any, _location: Location) -> Iterator[Finding]:
    described = admin.describe_cluster()["brokers"]
    places = ", ".join(f"{one['broker_id']} at {one['host']}:{one['port']}" for one in described)
    version = admin.get_broker_version_data(described[0]["broker_id"]).broker_version
    told = f"{len(described)} ({places}), Kafka {'.'.join(map(str, version))} or newer"
    yield Finding("brokers", "ok", f"{told}; {SOFTWARE}")


def _topics(admin: Any, location: Location) -> Iterator[Finding]:
    deviations = Topics(admin).check(location)
    for deviation in deviations:
        yield Finding("topics", "wrong", str(deviation))
    if not deviations:
        names = f"{location.ledger.name} and {location.vault.name}"
        yield Finding("topics", "ok", f"{names} are as they must be")


def _in_sync(admin: Any, location: Location) -> Iterator[Finding]:
    described = Topics(admin).describe([location.ledger.name, location.vault.name])
    thin = 0
    for topic in described.values():
        for partition in topic["partitions"]:
            place = f"{topic['name']}, partition {partition['partition_index']}"
            count = len(partition["isr_nodes"])
            if partition["leader_id"] < 0:
                yield Finding("in_sync", "wrong", f"{place}: no leader")
            elif count < location.in_sync_min:
                told = f"{place}: {count} of {location.in_sync_min} brokers in sync"
                yield Finding("in_sync", "wrong", told)
            thin += count < location.replicas
    state = "warning" if thin else "ok"
    yield Finding("in_sync", state, f"{thin} partitions have fewer than {location.replicas} copies")


def _rights(admin: Any, location: Location) -> Iterator[Finding]:
    """What the broker lets this credential do."""
    for name, topic in Topics(admin).describe([location.ledger.name, location.vault.name]).items():
        allowed = topic.get("authorized_operations")
        if allowed is None:
            yield Finding("rights", "warning", f"{name}: the broker does not show them")
            continue
        missing = [one for one in NEEDED if one not in allowed]
        harmful = [one for one in HARMFUL if one in allowed]
        if missing:
            yield Finding("rights", "wrong", f"{name}: not allowed to {', '.join(missing)}")
        elif harmful:
            told = f"{name}: this credential may also {', '.join(harmful)}; give it no such right"
            yield Finding("rights", "warning", told)
        else:
            yield Finding("rights", "ok", f"{name}: may {', '.join(NEEDED)}, and no harm")


def _writers(admin: Any, location: Location) -> Iterator[Finding]:
    """Who else may append: a fitting forgery is attributable, but not prevented by the ledger."""
    for name in (location.ledger.name, location.vault.name):
        pattern = ResourcePatternFilter(ResourceType.TOPIC, name, ACLResourcePatternType.MATCH)
        asked = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ALLOW, pattern)
        try:
            found, _ = admin.describe_acls(asked)
        except SecurityDisabledError:
            told = "the brokers have no authorizer: whoever reaches them may write"
            yield Finding("writers", "warning", told)
            return
        writing = {ACLOperation.ALL, ACLOperation.WRITE}
        principals = sorted({acl.principal for acl in found if acl.operation in writing})
        yield Finding("writers", "ok", f"{name}: {', '.join(principals) or 'super users only'}")


def _clock(
    settings: KafkaSettings, location: Location, clock: Callable[[], datetime]
) -> Iterator[Finding]:
    broker_clock = BrokerClock(clock)
    try:
        with closing(Handover(settings)) as handover:
            sent_at = time.monotonic()
            at = handover.ask_time(location.vault.name, Record(0, CLOCK_KEY, b"{}"))
            broker_clock.note(at, sent_at, time.monotonic())
        broker_clock.check(settings.skew_seconds)
    except Unavailable as error:
        yield Finding("clock", "wrong", str(error))
    else:
        skew = broker_clock.skew_seconds()
        yield Finding("clock", "ok", f"{abs(skew):.1f} s off the brokers'")
