"""How the brokers are reached, as it is stated from outside: in the environment of a process."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from deskledger.eventlog.kafka.settings import KafkaSettings, Mechanism, Protocol, Security

PREFIX = "DESKLEDGER_KAFKA_"


class StatedSettings(BaseModel):
    """Settings of one run, each named `DESKLEDGER_KAFKA_` and the name here in capitals.

    Attributes:
        bootstrap: brokers to begin with, in place of those in the desk's `kafka.json`.
        security: with or without TLS (SSL) and login (SASL).
        ca_file: certificates that the brokers' are checked against.
        certificate_file: the own certificate, with `key_file` and `key_password`.
        mechanism: of the login, with `username` and `password`.
        connect_seconds: how long a first contact with the brokers may take.
        answer_seconds: how long a commit that was handed over is waited for.
    """

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

    def settings(self) -> KafkaSettings:
        """What a ledger is opened with."""
        security = Security(
            protocol=self.security,
            ca_file=self.ca_file,
            certificate_file=self.certificate_file,
            key_file=self.key_file,
            key_password=_open(self.key_password),
            mechanism=self.mechanism,
            username=self.username,
            password=_open(self.password),
        )
        return KafkaSettings(
            bootstrap=bootstrap_servers(self.bootstrap),
            security=security,
            connect_seconds=self.connect_seconds,
            answer_seconds=self.answer_seconds,
        )


def bootstrap_servers(text: str) -> tuple[str, ...]:
    """The brokers in `HOST:PORT,HOST:PORT`."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _open(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
