"""Publishing the desk's feed, as a role of its own."""

import threading
from contextlib import closing
from functools import partial
from typing import Annotated, Any

import structlog
import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.feed.feed_options import FeedOptions, feed_settings, published_ledger
from deskledger.app.cli.logs import begin_logging
from deskledger.app.cli.session import Session
from deskledger.app.cli.stopping import stopped_by_signals
from deskledger.app.node.leases import lease_of
from deskledger.app.node.pulse import Tell, tell_nobody
from deskledger.app.node.roles import Role, run_roles
from deskledger.consumers.publisher.publisher import Publisher
from deskledger.consumers.publisher.session import Report

app = typer.Typer()

ROLE = "publisher"
_LEVELS = {
    "events_published": "debug",
    "publishing_failed": "warning",
    "lane_halted": "error",
    "event_left_out": "error",
}


@app.command()
@command
def publish(
    session: Session,
    *,
    feed: FeedOptions,
    until_now: Annotated[
        bool, typer.Option("--until-now", help="Stop when all there is by now is published.")
    ] = False,
) -> None:
    """Publish the desk's events to its feed until asked to stop. Logs go to stderr.

    Any number of publishers may run: subscribers that ignore every sequence up to the last one
    they handled see each event once and in order.
    """
    if until_now:
        settings = feed_settings(session, feed)
        ledger, data_keys = published_ledger(session, settings)
        begin_logging(as_json=session.as_json)
        publisher = Publisher(ledger, settings, data_keys, report=logged())
        publisher.catch_up()
        _answer(session, publisher, settings.topic)
        return
    role = publish_role(session, feed)
    begin_logging(as_json=session.as_json)
    with stopped_by_signals() as stop:
        run_roles({ROLE: role}, stop)


def publish_role(session: Session, feed: FeedOptions, tell: Tell = tell_nobody) -> Role:
    """The role that publishes a desk's events.

    Raises:
        InvalidInput: the feed is not known: the desk is not on Kafka, and no brokers are stated.
    """
    settings = feed_settings(session, feed)
    ledger, data_keys = published_ledger(session, settings)

    def run(stop: threading.Event) -> None:
        with closing(lease_of(ledger, session.directory, ROLE)) as lease:
            publisher = Publisher(ledger, settings, data_keys, report=logged(), lease=lease)
            tell("feed", partial(_counted, publisher))
            publisher.run(stop)

    return run


def logged() -> Report:
    """Writes what a publisher reports to the log."""
    log = structlog.get_logger()

    def report(happened: str, **facts: Any) -> None:
        getattr(log, _LEVELS.get(happened, "info"))(happened, **facts)

    return report


def _counted(publisher: Publisher) -> dict[str, int]:
    counts = publisher.counts.values()
    return {
        "published": sum(one.published for one in counts),
        "withheld": sum(one.withheld for one in counts),
        "unreadable": sum(one.unreadable for one in counts),
    }


def _answer(session: Session, publisher: Publisher, topic: str) -> None:
    told = {"topic": topic, **_counted(publisher)}
    if session.as_json:
        session.answer(told)
    else:
        session.tell(session.say("publish", **told))
