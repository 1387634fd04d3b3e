"""Options of the commands that make topics or look for them, stated once."""

from dataclasses import replace
from typing import Annotated

import typer

from deskledger.app.cli.session import Session
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.stated import bootstrap_servers

BROKERS = "HOST:PORT,…"

TopicsName = Annotated[
    str | None,
    typer.Option(help="What the names of its topics begin with; the directory's name if unset."),
]
Replicas = Annotated[
    int | None,
    typer.Option(min=1, help="On how many brokers each record lies; 3, or all if fewer."),
]


def topics_name(session: Session, stated: str | None) -> str:
    """What the names of a desk's topics begin with: as stated, or as its directory is called."""
    return stated or session.directory.absolute().name


def at_brokers(session: Session, stated: str | None) -> KafkaSettings:
    """The session's settings, at the stated brokers if any are.

    Raises:
        InvalidInput: they are not stated as `HOST:PORT,…`.
    """
    if stated is None:
        return session.kafka
    return replace(session.kafka, bootstrap=bootstrap_servers(stated))
