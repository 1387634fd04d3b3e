"""Which feed is meant: its brokers, its topic and its allow-list."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.paths import read_bytes
from deskledger.app.cli.session import Session
from deskledger.consumers.publisher.allow_list import (
    AllowList,
    read_allow_list,
    shipped_allow_list,
)
from deskledger.consumers.publisher.feed_settings import FeedSettings, feed_topic
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.kafka.location import Location, is_on_kafka
from deskledger.eventlog.kafka.stated import bootstrap_servers
from deskledger.eventlog.opening import Ledger

DataKeys = Callable[[Collection[bytes]], Mapping[bytes, bytes]]

PANEL = "Feed"


# What Kafka allows, with room for the end of the topic's name.
_NAME = r"[A-Za-z0-9._-]{1,200}"


@dataclass(frozen=True)
class FeedOptions:
    """What was stated of a feed; for a desk on Kafka nothing need be."""

    kafka: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT,…",
            help="The feed's brokers; by default those of the desk.",
            rich_help_panel=PANEL,
        ),
    ] = None
    name: Annotated[
        str | None,
        typer.Option(
            help="The feed is NAME.events; by default the desk's own name.", rich_help_panel=PANEL
        ),
    ] = None
    allow_list: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar="DESKLEDGER_ALLOW_LIST",
            help="Which events and fields are published; by default the list shipped.",
            rich_help_panel=PANEL,
        ),
    ] = None


def feed_settings(session: Session, stated: FeedOptions) -> FeedSettings:
    """The feed that is meant.

    Raises:
        InvalidInput: no brokers are named, or the name or the allow-list is not valid.
        OSError: the allow-list cannot be read.
    """
    bootstrap = bootstrap_servers(stated.kafka or "") or session.kafka.bootstrap
    name = stated.name or session.directory.absolute().name
    if is_on_kafka(session.directory):
        location = Location.read(session.directory)
        bootstrap, name = bootstrap or location.bootstrap, stated.name or location.name
    if not bootstrap:
        raise InvalidInput("Name the brokers that take the feed: --kafka HOST:PORT.")
    if re.fullmatch(_NAME, name) is None:
        told = (
            f"{name!r} is no name for a topic: letters, digits, dot, dash, underscore; use --name."
        )
        raise InvalidInput(told, name=name)
    kafka = replace(session.kafka, bootstrap=bootstrap)
    return FeedSettings(kafka, feed_topic(name), allow_list(session, stated.allow_list))


def allow_list(session: Session, file: Path | None) -> AllowList:
    """The allow-list in a file, the shipped one without.

    Raises:
        InvalidInput: it is not valid; every mistake is named.
        OSError: it cannot be read.
    """
    if file is None:
        return shipped_allow_list()
    try:
        return read_allow_list(read_bytes(file, session.directory).decode())
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is no text in UTF-8.", file=str(file)) from None


def published_ledger(session: Session, settings: FeedSettings) -> tuple[Ledger, DataKeys]:
    """The ledger and the keys of sealed values; these need the desk key, and most feeds none."""
    if settings.allow_list.opens_personal:
        return session.desk.ledger, session.desk.vault.data_keys
    return session.ledger, lambda _: {}
