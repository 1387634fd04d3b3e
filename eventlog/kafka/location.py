"""`kafka.json`: the file by which a desk directory says that its ledger is on Kafka, and where.

It holds no secret. With it and the desk key anybody who may read the topics can run a node, so a
second node's directory begins as a copy of these two files.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deskledger.domain.errors import InvalidInput, invalid_input
from deskledger.eventlog.errors import ForeignFile, NewerVersion, Unavailable
from deskledger.eventlog.kafka.settings import KafkaSettings

FILE_NAME = "kafka.json"
FORMAT = 1
NAME = r"[a-z0-9][a-z0-9._-]{0,63}"

_STRICT = ConfigDict(frozen=True, extra="forbid")


class Topic(BaseModel):
    """A topic as it was when the desk was made; another id under the name is another log."""

    model_config = _STRICT

    name: str
    id: UUID


class Location(BaseModel):
    """Where the ledger of a desk lies.

    Attributes:
        desk: id of the desk.
        name: what the names of its topics begin with.
        lanes: how many lanes, which are the partitions of the ledger's topic.
        bootstrap: brokers to begin with, `host:port`.
        ledger, vault: the topics.
        replicas: how many brokers each record is to lie on.
        in_sync_min: how many of them must have it before it counts.
    """

    model_config = _STRICT

    format: Literal[1] = 1
    desk: UUID
    name: str = Field(pattern=f"^{NAME}$")
    lanes: int = Field(ge=1)
    bootstrap: tuple[str, ...] = Field(min_length=1)
    ledger: Topic
    vault: Topic
    replicas: int = Field(ge=1)
    in_sync_min: int = Field(ge=1)

    @classmethod
    def read(cls, directory: Path, name: str = FILE_NAME) -> Self:
        """The location that a desk directory states, in the file of that name.

        Raises:
            InvalidInput: it states none.
            ForeignFile: the file is not one of ours.
            NewerVersion: its format is newer than this software.
            Unavailable: it cannot be read.
        """
        path = directory / name
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            told = f"There is no desk on Kafka in {directory}; `deskledger init --kafka` makes one."
            raise InvalidInput(told, directory=str(directory)) from None
        except OSError as error:
            raise Unavailable(f"{path} cannot be read: {error}.", file=str(path)) from error
        return cls._parse(path, text)

    @classmethod
    def _parse(cls, path: Path, text: bytes) -> Self:
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            stated = next((e["input"] for e in error.errors() if e["loc"] == ("format",)), None)
            if isinstance(stated, int) and stated > FORMAT:
                told = f"{path} was written by a newer deskledger; update the software."
                raise NewerVersion(told, file=str(path), format=stated, known=FORMAT) from None
            told = f"{path} does not say where a ledger is: {invalid_input(error)}."
            raise ForeignFile(told, file=str(path)) from None

    def reached_by(self, settings: KafkaSettings) -> KafkaSettings:
        """The settings, with the brokers of this file where they name none."""
        return replace(settings, bootstrap=settings.bootstrap or self.bootstrap)

    def write(self, directory: Path, name: str = FILE_NAME) -> None:
        """Writes the file of that name, in place of an older one, so that it is always whole.

        Raises:
            Unavailable: the directory cannot be written.
        """
        path = directory / name
        aside = path.with_name(f".{name}.{os.getpid()}")
        try:
            with aside.open("wb") as file:
                file.write(self.model_dump_json(indent=2).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise Unavailable(f"{path} cannot be written: {error}.", file=str(path)) from error


def is_on_kafka(directory: Path) -> bool:
    """Whether a desk directory says that its ledger is on Kafka."""
    return (directory / FILE_NAME).exists()
