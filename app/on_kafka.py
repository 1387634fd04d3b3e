"""Making a desk whose ledger is on Kafka; loaded only where one is made."""

from pathlib import Path
from typing import TYPE_CHECKING

from deskledger.eventlog.kafka.founding import NewLog, begin_log, make_topics
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.vault import first_records
from deskledger.eventlog.store.embedded import LANES

if TYPE_CHECKING:
    from deskledger.app.desk import NewDesk


def make_log(directory: Path, new: "NewDesk", desk_key: bytes, settings: KafkaSettings) -> None:
    """Makes the topics of a desk, begins its log, and writes into the directory where it is.

    Raises:
        InvalidInput: topics of the name are in use, or not as they must be.
        Unavailable, OutcomeUnknown: the brokers could not be reached, or did not take it.
    """
    log = NewLog(new.kafka or "", new.desk_id, LANES, new.replicas)
    location = make_topics(settings, log)
    begin_log(settings, location, first_records(new.desk_id, desk_key, new.token_bytes))
    location.write(directory)
