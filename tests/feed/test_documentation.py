"""docs/feed.md says what the code does."""

import re
from pathlib import Path

import pytest

from deskledger.consumers.publisher import heartbeat
from deskledger.consumers.publisher.allow_list import read_allow_list
from deskledger.consumers.publisher.cloud_event import Describing
from deskledger.consumers.publisher.feed_settings import SUFFIX
from deskledger.consumers.publisher.feed_topic import SETTINGS
from deskledger.consumers.publisher.published_model import PublishedEvent

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "feed.md").read_text(encoding="utf-8")


def test_every_header_is_described() -> None:
    headers = Describing("source", "type", "schema").headers(
        identity="1", subject=b"a", time="now", sequence=1, previous=0
    )
    assert {name for name, _ in headers if f"`{name}`" not in PAGE} == {"ce_specversion"}


def test_every_part_of_the_data_is_named() -> None:
    named = {name.partition(".")[0] for name in re.findall(r"`([a-z_.]+)`", PAGE)}
    assert set(PublishedEvent.model_fields) <= named


def test_heartbeats_are_described_as_they_are() -> None:
    assert heartbeat.TYPE in PAGE
    assert f"for {heartbeat.SECONDS:g} seconds" in PAGE
    for name in ("every_seconds", "lane", "records", "sequence", "hash"):
        assert name in heartbeat.Heartbeat.model_fields
        assert f"`{name}`" in PAGE


def test_the_example_of_an_allow_list_is_one() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert read_allow_list(example).opens_personal


def test_the_topic_is_named_with_how_long_it_keeps_records() -> None:
    assert f"<name>{SUFFIX}" in PAGE
    assert f"retention.ms={SETTINGS['retention.ms']}" in PAGE


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", PAGE))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert link.startswith("https://cloudevents.io") or (ROOT / "docs" / link).exists()
