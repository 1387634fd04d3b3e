"""Another node of a desk that is on Kafka."""

from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.kafka.topic_options import BROKERS, at_brokers
from deskledger.app.cli.session import Session

app = typer.Typer()


@app.command()
@command
def join(
    session: Session,
    *,
    kafka: Annotated[str, typer.Option(metavar=BROKERS, help="Brokers of the desk.")],
    name: Annotated[str, typer.Option(help="What the names of its topics begin with.")],
) -> None:
    """Make a directory that may hold `desk.key`, or nothing, a node of a desk on Kafka."""
    from deskledger.eventlog.kafka.joining import join_desk  # noqa: PLC0415 - loads the client

    settings = at_brokers(session, kafka)
    session.directory.mkdir(parents=True, exist_ok=True)
    location = join_desk(session.directory, settings, name)
    joined = {"desk": str(location.desk), "directory": str(session.directory), "name": name}
    if session.as_json:
        session.answer(joined)
    else:
        session.tell(session.say("join", **joined))
