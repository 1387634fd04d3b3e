"""Moving a desk from its directory to Kafka."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from deskledger.app.cli.bars import bar
from deskledger.app.cli.command import command
from deskledger.app.cli.projected import records_of
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.embedded import EmbeddedLedger
from deskledger.eventlog.kafka.stated import bootstrap_servers

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
        typer.Option(
            metavar="HOST:PORT,…", help="The brokers; DESKLEDGER_KAFKA_BOOTSTRAP if unset."
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="What the names of its topics begin with; the directory's name if unset."
        ),
    ] = None,
    replicas: Annotated[
        int | None,
        typer.Option(min=1, help="On how many brokers each record lies; 3, or all if fewer."),
    ] = None,
) -> None:
    """Copy the ledger and its keys, every byte as it is, and seal the old ledger.

    Hashes, positions, numbers and tables stay valid. Run again, it goes on where it was.
    """
    from deskledger.eventlog.kafka.moving import move_to_kafka  # noqa: PLC0415 - loads the client

    settings = session.kafka
    if kafka is not None:
        settings = replace(settings, bootstrap=bootstrap_servers(kafka))
    if not settings.bootstrap:
        raise InvalidInput("Say where the brokers are: --kafka HOST:PORT.")
    directory = session.directory
    topics = name or directory.absolute().name
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
