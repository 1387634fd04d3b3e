"""Whoever waits for what is read never waits for records to gather."""

import threading
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from deskledger.eventlog.kafka import pace
from deskledger.eventlog.kafka.pace import Pace
from tests.patience import PATIENCE_SECONDS


@pytest.fixture(autouse=True)
def _pauses_are_long() -> Iterator[None]:
    with patch.object(pace, "GATHER_SECONDS", 10 * PATIENCE_SECONDS):
        yield


def test_a_pause_ends_when_somebody_comes_to_wait() -> None:
    paced = Pace()
    pausing = threading.Thread(target=paced.pause, daemon=True)
    pausing.start()
    pausing.join(0.1)
    assert pausing.is_alive()
    paced.hurry()
    pausing.join(PATIENCE_SECONDS)
    assert not pausing.is_alive()


def test_none_begins_while_somebody_may_still_wait() -> None:
    paced = Pace()
    with patch.object(pace, "CALM_SECONDS", 10 * PATIENCE_SECONDS):
        paced.hurry()
        assert not paced.is_calm
        pausing = threading.Thread(target=paced.pause, daemon=True)
        pausing.start()
        pausing.join(PATIENCE_SECONDS)
        assert not pausing.is_alive()


def test_records_gather_again_once_nobody_has_waited_for_long_enough() -> None:
    paced = Pace()
    assert Pace().is_calm
    paced.hurry()
    with patch.object(pace, "CALM_SECONDS", -1.0):
        assert paced.is_calm
