"""How the brokers of a desk on Kafka are reached: DESKLEDGER_KAFKA_… in the environment.

Passwords are read from there alone; no file of a desk holds one, and no message tells one.
"""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from deskledger.domain.errors import InvalidInput, invalid_input
from deskledger.eventlog.kafka.settings import KafkaSettings, Mechanism, Protocol, Security

_PREFIX = "DESKLEDGER_KAFKA_"


class KafkaEnvironment(BaseSettings):
    """Settings of one run.

    Attributes:
        bootstrap: brokers to begin with, in place of those in the desk's `kafka.json`.
        security: with or without TLS (SSL) and login (SASL).
        ca_file: certificates that the brokers' are checked against.
        certificate_file: the own certificate, with `key_file` and `key_password`.
        mechanism: of the login, with `username` and `password`.
        connect_seconds: how long a first contact with the brokers may take.
        answer_seconds: how long a commit that was handed over is waited for.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True)

    bootstrap: str = ""
    security: Protocol = "PLAINTEXT"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    key_password: SecretStr | None = None
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: SecretStr | None = None
    connect_seconds: float = Field(default=3.0, gt=0)
    answer_seconds: float = Field(default=10.0, gt=0)


def kafka_settings() -> KafkaSettings:
    """How the brokers are reached.

    Raises:
        InvalidInput: a setting is not valid; it is named as it stands in the environment.
    """
    try:
        read = KafkaEnvironment()
    except ValidationError as error:
        problems = invalid_input(error).facts["problems"]
        told = "; ".join(f"{_PREFIX}{name.upper()}: {why}" for name, why in problems)
        raise InvalidInput(told, problems=problems) from None
    security = Security(
        protocol=read.security,
        ca_file=read.ca_file,
        certificate_file=read.certificate_file,
        key_file=read.key_file,
        key_password=_open(read.key_password),
        mechanism=read.mechanism,
        username=read.username,
        password=_open(read.password),
    )
    return KafkaSettings(
        bootstrap=bootstrap_servers(read.bootstrap),
        security=security,
        connect_seconds=read.connect_seconds,
        answer_seconds=read.answer_seconds,
    )


def bootstrap_servers(text: str) -> tuple[str, ...]:
    """The brokers in `HOST:PORT,HOST:PORT`."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _open(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
