"""An owner that has no time to greet is asked again, for as long as the asker has time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from deskledger.projections.owner import client, messages
from deskledger.projections.owner.client import find_owner
from deskledger.projections.owner.frames import Busy, Channel, HungUp, Silent
from deskledger.projections.owner.messages import Owner, directory_mark
from deskledger.projections.owner.place import listening_socket, remove_address
from tests.patience import PATIENCE_SECONDS

DESK = "a desk"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
BUSY = messages.told_error(Busy())


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "GREETING_SECONDS", 0.5)


@contextmanager
def owner(directory: Path, *first: dict[str, Any] | None) -> Iterator[None]:
    """One who says this to those who come first, None for nothing, and greets all others."""
    greeting = messages.owner_greeting(
        Owner(DESK, directory_mark(directory), "1", pid=1, since=SINCE, seconds=9.0)
    )
    listener = listening_socket(directory)
    listener.settimeout(0.05)
    ended = threading.Event()
    channels: list[Channel] = []

    def answer() -> None:
        answers = chain(first, repeat(greeting))
        while not ended.is_set():
            with suppress(TimeoutError):
                channels.append(Channel(listener.accept()[0]))
                # Whoever waited in vain has hung up.
                with suppress(HungUp):
                    if (said := next(answers)) is not None:
                        channels[-1].send(said, PATIENCE_SECONDS)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        remove_address(directory)
        listener.close()
        for channel in channels:
            channel.close()


@pytest.mark.parametrize("first", [[None], [BUSY], [BUSY, None, BUSY]])
def test_an_owner_is_asked_again_until_it_greets(
    tmp_path: Path, first: list[dict[str, Any] | None]
) -> None:
    with owner(tmp_path, *first):
        found = find_owner(tmp_path, DESK, ask_seconds=PATIENCE_SECONDS)
        assert found is not None
        with found:
            assert found.owner.since == SINCE


@pytest.mark.parametrize(("said", "error"), [(None, Silent), (BUSY, Busy)])
def test_whoever_has_no_time_asks_once_and_is_told_why_there_is_no_answer(
    tmp_path: Path, said: dict[str, Any] | None, error: type[Exception]
) -> None:
    with owner(tmp_path, said), pytest.raises(error):
        find_owner(tmp_path, DESK)
