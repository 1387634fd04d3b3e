"""One desk in one directory: its parts put together."""

import secrets
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.desk_document import DeskDocument
from deskledger.domain.errors import InvalidInput, invalid_input
from deskledger.domain.identifiers import agent_id
from deskledger.domain.shapes import Actor
from deskledger.eventlog.identity import command_id
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.opening import Ledger, open_ledger, utc_now
from deskledger.eventlog.store.embedded import LANES, EmbeddedLedger
from deskledger.eventlog.vault.desk_key import make_desk_key, read_desk_key
from deskledger.eventlog.vault.vault import Vault
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Writer

SYSTEM = Actor(kind="system", id="deskledger")
_NO_KAFKA = KafkaSettings()
_SURFACE, _CREDENTIAL, _FIRST_AGENT = "cli", "init", "first-agent"


@dataclass(frozen=True, slots=True)
class NewDesk:
    """What a new desk needs to know.

    Attributes:
        zone: IANA name of the zone whose local dates are the desk's days.
        country: two capital letters, for telephone numbers in national form.
        agent: name of the first agent, who may do everything.
        extra: notes of other software in the desk's document, such as the mark of a demo.
        kafka: name of a desk whose ledger is to be on Kafka; None for one in the directory.
        replicas: on how many brokers each record is to lie; None for three, or all if fewer.
        desk_id: a new UUID.
        token_bytes: gives that many random bytes.
    """

    zone: str
    country: str | None = None
    locales: tuple[str, ...] = ("en", "zh")
    agent: str = "Administrator"
    email: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    kafka: str | None = None
    replicas: int | None = None
    desk_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    token_bytes: Callable[[int], bytes] = secrets.token_bytes


class Desk:
    """An open desk: ledger, vault and writer of one directory.

    Use it as a context manager, or call `close`.
    """

    def __init__(
        self, directory: Path, ledger: Ledger, vault: Vault, clock: Callable[[], datetime]
    ) -> None:
        """Takes over the parts and closes them in the end."""
        self.directory = directory
        self.ledger = ledger
        self.vault = vault
        self.clock = clock
        self.writer = Writer(ledger, vault, clock)
        ledger.follow_heads(self.writer.streams.moved)

    @classmethod
    def create(
        cls,
        directory: Path,
        new: NewDesk,
        *,
        desk_key: bytes | None = None,
        clock: Callable[[], datetime] = utc_now,
        kafka: KafkaSettings = _NO_KAFKA,
    ) -> Self:
        """Make a desk in a directory that does not exist or is empty, and open it.

        It is built aside and renamed, so a directory holds a whole desk or none.

        Args:
            directory: where the desk is to lie.
            new: zone, first agent and so on.
            desk_key: 32 bytes kept elsewhere; None writes a new one to `desk.key`.
            clock: gives aware UTC instants.
            kafka: how brokers are reached, for a desk on Kafka.

        Raises:
            InvalidInput: something lies there already, or the zone does not exist.
            Unavailable: the disk is full, the directory cannot be written, or no broker is there.
        """
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            told = f"{directory} is not empty; name a directory that does not exist or is empty."
            raise InvalidInput(told, directory=str(directory))
        directory.parent.mkdir(parents=True, exist_ok=True)
        aside = directory.with_name(f".{directory.name}.{uuid.uuid4().hex}")
        aside.mkdir()
        try:
            cls._build(aside, new, desk_key, clock, kafka)
            aside.rename(directory)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        return cls.open(directory, desk_key=desk_key, clock=clock, kafka=kafka)

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        desk_key: bytes | None = None,
        clock: Callable[[], datetime] = utc_now,
        wait_seconds: float = 5.0,
        kafka: KafkaSettings = _NO_KAFKA,
    ) -> Self:
        """Open the desk in a directory, wherever that says its ledger is.

        Args:
            directory: where the desk lies.
            desk_key: 32 bytes; None reads them from `desk.key`.
            clock: gives aware UTC instants.
            wait_seconds: how long an append waits for other processes.
            kafka: how brokers are reached, for a desk on Kafka.

        Raises:
            InvalidInput: there is no desk.
            ForeignFile, NewerVersion, WrongDeskKey, LedgerDamaged, Unavailable: a file cannot be
                used; nothing was written.
        """
        ledger = open_ledger(directory, wait_seconds=wait_seconds, kafka=kafka, clock=clock)
        try:
            key = desk_key or read_desk_key(directory)
            vault = open_keys(ledger, directory, key)
        except BaseException:
            ledger.close()
            raise
        return cls(directory, ledger, vault, clock)

    @classmethod
    def _build(
        cls,
        directory: Path,
        new: NewDesk,
        desk_key: bytes | None,
        clock: Callable[[], datetime],
        kafka: KafkaSettings,
    ) -> None:
        key = desk_key or make_desk_key(directory)
        if new.kafka is not None:
            from deskledger.app.on_kafka import make_log  # noqa: PLC0415 - as below

            make_log(directory, new, key, kafka)
        else:
            EmbeddedLedger.create(directory, desk=new.desk_id, lanes=LANES)
            Vault.create(directory, new.desk_id, key, token_bytes=new.token_bytes)
        with cls.open(directory, desk_key=key, clock=clock, kafka=kafka) as desk:
            desk.begin(new)

    def begin(self, new: NewDesk) -> None:
        """Record what every desk begins with: its configuration and its first agent."""
        document = {
            "format": 2,
            "zone": new.zone,
            "country": new.country,
            "locales": list(new.locales),
            "extra": new.extra,
        }
        named = {"name": new.agent} | ({"email": new.email} if new.email else {})
        try:
            publish = Publish(document=document)
            first = AddAgent(personal_fields=named, roles=("admin",), zone=new.zone)
        except ValidationError as error:
            raise invalid_input(error) from error
        request = Request(SYSTEM, _SURFACE, _CREDENTIAL, key="desk")
        self.writer.execute("desk", publish, request)
        request = Request(SYSTEM, _SURFACE, _CREDENTIAL, key=_FIRST_AGENT)
        self.writer.execute(None, first, request)

    def first_agent(self) -> str:
        """Id of the agent that `init` made."""
        identity = command_id(
            self.vault.secrets.command,
            surface=_SURFACE,
            credential=_CREDENTIAL,
            idempotency_key=_FIRST_AGENT,
        )
        return agent_id(identity)

    def document(self) -> DeskDocument:
        """The desk's configuration in force: zone, country, locales, codes."""
        document: DeskDocument = self.writer.streams.load("desk").state.latest.document
        return document

    def close(self) -> None:
        """Close the files; unused reserved keys are dropped."""
        try:
            self.vault.close()
        finally:
            self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_keys(
    ledger: Ledger, directory: Path, desk_key: bytes, former_keys: Sequence[bytes] = ()
) -> Vault:
    """The desk's vault, wherever its ledger is; some of it may be wrapped under a former key.

    Raises:
        ForeignFile, NewerVersion, WrongDeskKey, LedgerDamaged, Unavailable: as `Desk.open`.
    """
    if isinstance(ledger, EmbeddedLedger):
        return Vault.open(directory, ledger.desk, desk_key, former_keys=former_keys)
    # Kafka's client takes longer to load than most commands do, and most desks have none.
    from deskledger.eventlog.kafka.vault import open_vault  # noqa: PLC0415

    return open_vault(ledger, directory, desk_key, former_keys)
