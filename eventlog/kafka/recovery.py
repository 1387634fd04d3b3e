"""Going on after a log has changed: with the log as it is now, and what can be saved."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.handover import Handover, Record
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.losses import LaneLoss
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.topics import asked
from deskledger.eventlog.kafka.vault_copy import adopt_file, tell_vault
from deskledger.eventlog.lane import CONTROL
from deskledger.eventlog.records import Draft, StoredRecord


class Saved(NamedTuple):
    """What became of a lost commit that was appended again."""

    record: StoredRecord
    verdict: str


def adopt(
    directory: Path, settings: KafkaSettings, losses: Sequence[LaneLoss], at: datetime
) -> Path:
    """Takes the log as it is now for the desk's; the old replica is set aside, never deleted.

    No other process may have the directory open. What the vault's topic has lost is told to it
    again from this node's file.

    Args:
        directory: of the desk.
        settings: how the brokers are reached.
        losses: what `find_losses` has found.
        at: now; names the file that the replica becomes.

    Returns:
        The file that holds the old replica.

    Raises:
        InvalidInput: the log has lost its beginning, or a topic is missing.
        Unavailable, OutcomeUnknown: the brokers could not be reached; run it again.
    """
    _check_heads(losses)
    location = Location.read(directory)
    settings = location.reached_by(settings)
    present = _as_found(location, settings)
    if present.vault.id != location.vault.id:
        with closing(Handover(settings)) as handover:
            tell_vault(directory, handover, present)
        adopt_file(directory, present)
    aside = directory / f"replica.{at:%Y%m%dT%H%M%SZ}.sqlite"
    _set_aside(directory / REPLICA.name, aside)
    present.write(directory)
    return aside


def _check_heads(losses: Sequence[LaneLoss]) -> None:
    headless = [loss.lane for loss in losses if loss.is_headless]
    if headless:
        told = (
            f"Lanes {headless} of the log have lost their beginning, so no node could read them; "
            "restore the topic, or make a new desk from an export."
        )
        raise InvalidInput(told, lanes=headless)


def _as_found(location: Location, settings: KafkaSettings) -> Location:
    """The location with the topics of its name that the brokers have now."""
    with asked(settings) as topics:
        found = topics.find(location.name)
    if found is None:
        raise InvalidInput(
            f"A topic of {location.name} is missing; restore it.", name=location.name
        )
    ledger, vault = found
    return location.model_copy(update={"ledger": ledger, "vault": vault})


def append_again(
    directory: Path,
    settings: KafkaSettings,
    losses: Sequence[LaneLoss],
    clock: Callable[[], datetime],
) -> list[Saved]:
    """Appends to the adopted log what it has lost, lane by lane, each record byte for byte.

    What others have recorded meanwhile stands; a commit that no longer follows its stream's head
    is void, and whoever asked for it has to ask again.

    Returns:
        The verdict on each lost record, in order.

    Raises:
        Unavailable, OutcomeUnknown: it was interrupted; what is done is not done again.
    """
    saved = []
    location = Location.read(directory)
    settings = location.reached_by(settings)
    with closing(Handover(settings)) as handover:
        for loss in losses:
            for record in loss.lost:
                if record.verdict == CONTROL:
                    control = Record(loss.lane, record.stream.encode(), record.value)
                    handover.deliver(location.ledger.name, [control])
                    saved.append(Saved(record, CONTROL))
    with KafkaLedger.open(directory, settings, clock=clock) as ledger:
        if not ledger.refresh():
            raise Unavailable(f"The log cannot be read: {ledger.log.trouble}")
        for loss in losses:
            for record in loss.lost:
                if record.verdict != CONTROL:
                    (receipt,) = ledger.append([Draft(record.stream, record.value)])
                    saved.append(Saved(record, receipt.text))
    return saved


def _set_aside(path: Path, aside: Path) -> None:
    """Renames a database that nobody has open, its write-ahead log taken in first."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    with closing(connection):
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unavailable(f"{path} is open in another process; end that one first.")
    path.rename(aside)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
