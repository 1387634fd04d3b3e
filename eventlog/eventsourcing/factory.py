"""The library's factory of recorders on a desk's ledger, configured by the environment."""

from pathlib import Path
from threading import Lock
from typing import TypeVar

from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.utils import Environment, EnvType, resolve_topic
from pydantic import ValidationError

from deskledger.domain.errors import InvalidInput, invalid_input
from deskledger.eventlog.eventsourcing.opened import OpenedDesk, enter_desk, leave_desk
from deskledger.eventlog.eventsourcing.recorders import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
    LedgerRecorder,
    LedgerTrackingRecorder,
)
from deskledger.eventlog.eventsourcing.stored import EVENTS, TRACKING, application_stream
from deskledger.eventlog.eventsourcing.stream import ApplicationStream
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.stated import PREFIX, StatedSettings
from deskledger.eventlog.opening import utc_now

WAIT_SECONDS = "30"

Recorder = TypeVar("Recorder", bound=LedgerRecorder)


class LedgerFactory(InfrastructureFactory[LedgerTrackingRecorder]):
    """Makes the recorders of one application of the library.

    Settings, each also with the application's name in capitals and an underscore before it:

    - `DESKLEDGER_DESK`: directory of the desk, which `deskledger init` has made, embedded or on
      Kafka.
    - `DESKLEDGER_APPLICATION`: the application's name in the ledger; its own name by default.
    - `DESKLEDGER_WAIT_SECONDS`: how long to wait for what another process holds; 30 by default.
    - `DESKLEDGER_KAFKA_…`: how brokers are reached, as for the command line.

    Streams begin with their first event, so `CREATE_TABLE` has no meaning here.
    """

    DESK = "DESKLEDGER_DESK"
    APPLICATION = "DESKLEDGER_APPLICATION"
    WAIT = "DESKLEDGER_WAIT_SECONDS"

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Opens the desk's ledger, or joins those who have it open in this process.

        Raises:
            InvalidInput: a setting is missing or wrong, or there is no desk.
            ForeignFile, NewerVersion, LedgerDamaged, Unavailable: the ledger cannot be used.
        """
        super().__init__(env)
        directory = self.env.get(self.DESK)
        if not directory:
            keys = " or ".join(self.env.create_keys(self.DESK))
            raise InvalidInput(f"Set {keys} to the directory of a desk.")
        self._closing = Lock()
        self._desk: OpenedDesk | None = enter_desk(
            Path(directory), self._wait_seconds(), self._kafka()
        )

    def aggregate_recorder(self, purpose: str = EVENTS) -> LedgerAggregateRecorder:
        """A recorder of the application's events, or of its `snapshots`."""
        if purpose == TRACKING:
            raise InvalidInput(f"{TRACKING!r} is kept for tracking recorders.", purpose=purpose)
        return LedgerAggregateRecorder(self._stream(purpose))

    def application_recorder(self) -> LedgerApplicationRecorder:
        """A recorder of the application's events in their order."""
        kind = self._named(self.APPLICATION_RECORDER_TOPIC, LedgerApplicationRecorder)
        return kind(self._stream(EVENTS))

    def tracking_recorder(
        self, tracking_recorder_class: type[LedgerTrackingRecorder] | None = None
    ) -> LedgerTrackingRecorder:
        """A recorder of tracking alone, in a stream of its own.

        A class derived from `LedgerProcessRecorder` uses the application's stream: it records
        its tracking together with events.
        """
        kind = tracking_recorder_class or self._named(
            self.TRACKING_RECORDER_TOPIC, LedgerTrackingRecorder
        )
        joins_events = issubclass(kind, LedgerProcessRecorder)
        return kind(self._stream(EVENTS if joins_events else TRACKING))

    def process_recorder(self) -> LedgerProcessRecorder:
        """A recorder of the application's events together with what they follow from."""
        kind = self._named(self.PROCESS_RECORDER_TOPIC, LedgerProcessRecorder)
        return kind(self._stream(EVENTS))

    def close(self) -> None:
        """Gives the ledger back; the recorders cannot be used any more."""
        with self._closing:
            desk, self._desk = self._desk, None
        if desk is not None:
            leave_desk(desk)

    def _stream(self, purpose: str) -> ApplicationStream:
        if self._desk is None:
            raise InvalidInput("The application was closed; make a new one.")
        name = self.env.get(self.APPLICATION) or self.env.name
        return self._desk.stream(application_stream(name, purpose), utc_now)

    def _named(self, setting: str, default: type[Recorder]) -> type[Recorder]:
        """The class that a setting names, which must be derived from the default."""
        topic = self.env.get(setting)
        kind = resolve_topic(topic) if topic else default
        if not isinstance(kind, type) or not issubclass(kind, default):
            raise InvalidInput(f"{setting} must name a class derived from {default.__name__}.")
        return kind

    def _wait_seconds(self) -> float:
        stated = self.env.get(self.WAIT) or WAIT_SECONDS
        try:
            return float(stated)
        except ValueError:
            raise InvalidInput(f"{self.WAIT} is a number of seconds, not {stated!r}.") from None

    def _kafka(self) -> KafkaSettings:
        names = {name: PREFIX + name.upper() for name in StatedSettings.model_fields}
        found = {name: self.env.get(setting) for name, setting in names.items()}
        stated = {name: value for name, value in found.items() if value is not None}
        try:
            return StatedSettings.model_validate(stated).settings()
        except ValidationError as error:
            problems = invalid_input(error).facts["problems"]
            told = "; ".join(f"{PREFIX}{name.upper()}: {why}" for name, why in problems)
            raise InvalidInput(told, problems=problems) from None
