"""Requests for other tables are served, or told why not; nobody waits for an owner that ends."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from deskledger.consumers.switches import Switches
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from tests.patience import PATIENCE_SECONDS, wait_until


def test_whoever_asks_is_answered_once_it_is_served_and_told_what_failed() -> None:
    switches = Switches(threading.Event())

    def fail() -> None:
        raise InvalidInput("no tables")

    with ThreadPoolExecutor() as pool:
        for work, error in ((lambda: None, None), (fail, InvalidInput)):
            asked = pool.submit(switches.ask)
            wait_until(switches.is_set)
            switches.serve(work)
            assert type(asked.exception(PATIENCE_SECONDS)) is (error or type(None))
    assert not switches.is_set()


def test_an_owner_that_ends_keeps_nobody_waiting_who_has_asked_or_asks_yet() -> None:
    stop = threading.Event()
    switches = Switches(stop)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(switches.ask)
        wait_until(switches.is_set)
        stop.set()
        assert isinstance(asked.exception(PATIENCE_SECONDS), Unavailable)
        with pytest.raises(Unavailable, match="ending"):
            switches.ask()
    switches.close()
