"""The desk's feed: its topic, how far it is, and its description for subscribers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.feed.feed_options import FeedOptions, allow_list, feed_settings
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.paths import write_whole
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.consumers.publisher.documents import feed_documents
from deskledger.consumers.publisher.feed_status import LaneFeed, feed_status
from deskledger.consumers.publisher.feed_topic import make_feed_topic
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.opening import utc_now

app = noun_app()

NOTHING = "–"


@app.command()
@command
def init(
    session: Session,
    *,
    feed: FeedOptions,
    replicas: Annotated[
        int | None,
        typer.Option(min=1, help="On how many brokers each record lies; 3, or all if fewer."),
    ] = None,
) -> None:
    """Make the topic of the feed, which keeps everything; one that is there is checked."""
    settings = feed_settings(session, feed)
    made = make_feed_topic(settings, session.ledger.lanes, replicas)
    if session.as_json:
        session.answer({"topic": settings.topic, "made": made})
    else:
        text = "feed.made" if made else "feed.there"
        session.tell(session.say(text, topic=settings.topic))


@app.command()
@command
def status(session: Session, *, feed: FeedOptions) -> None:
    """Show how far the feed of each lane is, and since when nothing has come in it."""
    settings = feed_settings(session, feed)
    lanes = feed_status(session.ledger, settings, utc_now)
    if session.as_json:
        told = [{**asdict(lane), "behind": lane.behind} for lane in lanes]
        session.answer({"topic": settings.topic, "lanes": told})
        return
    columns = ("lane", "events", "published", "behind", "behind_seconds", "silent_seconds")
    headers = [session.say(f"column.{name}") for name in columns]
    session.tell(draw(headers, map(_row, lanes), right=range(len(columns))))


def _row(lane: LaneFeed) -> list[str]:
    silent = NOTHING if lane.silent_seconds is None else f"{lane.silent_seconds:.0f}"
    shown = [lane.lane, lane.reached, lane.published, lane.behind, round(lane.behind_seconds)]
    return [*map(str, shown), silent]


@app.command()
@command
def docs(
    session: Session,
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files are written.")],
    file: Annotated[
        Path | None,
        typer.Option(
            "--allow-list",
            metavar="FILE",
            envvar="DESKLEDGER_ALLOW_LIST",
            help="Which events and fields are published; by default the list shipped.",
        ),
    ] = None,
) -> None:
    """Write the JSON Schemas and the AsyncAPI document of the feed; needs no desk."""
    documents = feed_documents(allow_list(session, file))
    try:
        (directory / "schemas").mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        told = f"{directory} is no directory; name another."
        raise InvalidInput(told, directory=str(directory)) from None
    for name, document in documents.items():
        write_whole(directory / name, document, session.directory)
    if session.as_json:
        session.answer({"directory": str(directory), "files": sorted(documents)})
    else:
        text = session.say("feed.docs", count=len(documents), directory=directory)
        session.tell(text)
