"""Making a desk."""

from dataclasses import replace
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
from deskledger.app.desk import Desk, NewDesk
from deskledger.eventlog.identity import known_country

app = typer.Typer()


@app.command()
@command
def init(
    session: Session,
    *,
    zone: Annotated[str, typer.Option(help="IANA name of the desk's zone, as Asia/Shanghai.")],
    country: Annotated[
        str | None, typer.Option(help="Two letters, for telephone numbers, as CN.")
    ] = None,
    agent: Annotated[str, typer.Option(help="Name of the first agent.")] = "Administrator",
    email: Annotated[str | None, typer.Option(help="Address of the first agent.")] = None,
    locale: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="A language of the desk; may be repeated."),
    ] = None,
    kafka: Annotated[
        str | None,
        typer.Option(metavar=BROKERS, help="Keep the ledger on these Kafka brokers."),
    ] = None,
    name: TopicsName = None,
    replicas: Replicas = None,
) -> None:
    """Make a desk in a directory that is empty or does not exist; on Kafka, its topics too."""
    new = NewDesk(zone=zone, country=country and known_country(country), agent=agent, email=email)
    if locale:
        new = replace(new, locales=tuple(locale))
    directory = session.settings.desk
    if kafka is not None:
        new = replace(new, kafka=topics_name(session, name), replicas=replicas)
    with Desk.create(
        directory, new, desk_key=session.desk_key, kafka=at_brokers(session, kafka)
    ) as desk:
        made = {
            "desk": desk.ledger.desk,
            "directory": str(directory),
            "zone": zone,
            "agent": desk.first_agent(),
        }
    if kafka is not None:
        made["feed"] = _make_feed(session, replicas)
    if session.as_json:
        session.answer(made)
    else:
        session.tell(session.say("init", **made))
        if session.desk_key is None:
            session.note(session.say("init.key", file=directory / "desk.key"))


def _make_feed(session: Session, replicas: int | None) -> str:
    """Makes the topic of the public feed beside those of the ledger; gives its name."""
    # Loads the Kafka client, which most desks have no use for.
    from deskledger.app.cli.feed.feed_options import FeedOptions, feed_settings  # noqa: PLC0415
    from deskledger.consumers.publisher.feed_topic import make_feed_topic  # noqa: PLC0415
    from deskledger.eventlog.store.embedded import LANES  # noqa: PLC0415

    settings = feed_settings(session, FeedOptions())
    make_feed_topic(settings, LANES, replicas)
    return settings.topic
