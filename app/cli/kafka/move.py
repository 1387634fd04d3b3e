"""Moving a desk from its directory to Kafka."""

from enum import StrEnum
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.kafka.topic_options import (
    BROKERS,
    Replicas,
    TopicsName,
    at_brokers,
    topics_name,
)
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.tables.projected import records_of
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.store.embedded import EmbeddedLedger

app = typer.Typer()


class Place(StrEnum):
    """Where a desk's ledger can be moved to."""

    KAFKA = "kafka"


@app.command()
@command
def move(
    session: Session,
    *,
    to: Annotated[Place, typer.Option(help="Where the ledger is to be.")],
    kafka: Annotated[
        str | None,
        typer.Option(metavar=BROKERS, help="The brokers; DESKLEDGER_KAFKA_BOOTSTRAP if unset."),
    ] = None,
    name: TopicsName = None,
    replicas: Replicas = None,
) -> None:
    """Copy the ledger and its keys, every byte as it is, and seal the old ledger.

    Hashes, positions, numbers and tables stay valid. Run again, it goes on where it was.
    """
    from deskledger.eventlog.kafka.moving import move_to_kafka  # noqa: PLC0415 - loads the client

    settings = at_brokers(session, kafka)
    if not settings.bootstrap:
        raise InvalidInput("Say where the brokers are: --kafka HOST:PORT.")
    directory = session.directory
    topics = topics_name(session, name)
    with EmbeddedLedger.open(directory) as ledger:
        records = records_of(ledger.progress())
    with bar(session, "move.bar", records) as advance:
        location = move_to_kafka(directory, settings, topics, replicas=replicas, report=advance)
    moved = {
        "place": to.value,
        "desk": str(location.desk),
        "ledger": location.ledger.name,
        "vault": location.vault.name,
        "records": records,
    }
    if session.as_json:
        session.answer(moved)
    else:
        session.tell(session.say("move", **moved))
