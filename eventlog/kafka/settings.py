"""How a node reaches the brokers of its desk, and how long it waits for them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

REQUEST_MS = 5_000

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"]


@dataclass(frozen=True, slots=True)
class Security:
    """How a connection is secured; never written to a file or a log.

    Attributes:
        protocol: with or without TLS (SSL) and login (SASL).
        ca_file: certificates that the brokers' are checked against; None takes the system's.
        certificate_file: the client's own certificate, for mutual TLS.
        key_file: the certificate's private key.
        key_password: opens `key_file`.
        mechanism: of the login.
        username: of the login.
        password: of the login.
    """

    protocol: Protocol = "PLAINTEXT"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    key_password: str | None = field(default=None, repr=False)
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """What a node needs to know beside what lies in its directory.

    Attributes:
        bootstrap: `host:port` of brokers to begin with; empty takes those of the desk's file.
        security: of every connection.
        connect_seconds: how long a first contact with the brokers may take.
        fresh_seconds: a lane whose end was last reached longer ago takes no commits.
        answer_seconds: how long a commit that was handed over is waited for.
        skew_seconds: how far the clock may be off the broker's.
    """

    bootstrap: tuple[str, ...] = ()
    security: Security = Security()
    connect_seconds: float = 3.0
    fresh_seconds: float = 5.0
    answer_seconds: float = 10.0
    skew_seconds: float = 30.0


def reading_options(settings: KafkaSettings) -> dict[str, Any]:
    """What a consumer is made with that is told where to read, in no group, and reads all there is.

    Nothing is skipped, nothing is reset, and records of transactions count whether they were
    committed or not.
    """
    return {
        **client_options(settings),
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_uncommitted",
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


def contact_ms(settings: KafkaSettings, at_least_ms: int = REQUEST_MS) -> int:
    """How long to wait for what is asked of the brokers once, at the beginning."""
    return max(int(settings.connect_seconds * 1000), at_least_ms)


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """What every client of kafka-python is made with.

    Reconnecting after at most a second, and giving up on a request after five, is what makes a
    node follow a new leader within seconds of its election.
    """
    security = settings.security
    files = {
        "ssl_cafile": security.ca_file,
        "ssl_certfile": security.certificate_file,
        "ssl_keyfile": security.key_file,
    }
    options: dict[str, Any] = {
        "bootstrap_servers": list(settings.bootstrap),
        "client_id": "deskledger",
        "bootstrap_timeout_ms": int(settings.connect_seconds * 1000),
        "request_timeout_ms": REQUEST_MS,
        "reconnect_backoff_ms": 50,
        "reconnect_backoff_max_ms": 1_000,
        "retry_backoff_ms": 50,
        "metadata_max_age_ms": 30_000,
        "security_protocol": security.protocol,
        **{name: str(path) for name, path in files.items() if path is not None},
    }
    if security.key_password is not None:
        options["ssl_password"] = security.key_password
    if security.protocol.startswith("SASL"):
        options["sasl_mechanism"] = security.mechanism
        options["sasl_plain_username"] = security.username
        options["sasl_plain_password"] = security.password
    return options
