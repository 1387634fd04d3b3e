"""What every test stands on."""

import os
import random
import signal
import sys
from collections.abc import Iterable

import kafka
import pytest
from hypothesis import HealthCheck, settings

# A shell that starts the suite in the background makes it, and so every process that it starts,
# deaf to interrupts; some tests are about being interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What is told is the same wherever the suite runs: neither the width of somebody's terminal nor a
# wish for colours reaches a test or a process that it starts. Typer reads them when it is imported.
for _setting in (
    "COLUMNS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "LINES",
    "NO_COLOR",
    "PY_COLORS",
    "TERMINAL_WIDTH",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
):
    os.environ.pop(_setting, None)

# How long an example takes is no claim of any test, nor how long it is drawn: on a busy machine
# neither says anything.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Hypothesis rules over the random numbers of its whole process and fails a law where somebody else
# draws one meanwhile. Threads of Kafka's clients do, when they look for another broker; some end
# a little after the test that had them.
_CLIENTS_OWN = random.Random()  # noqa: S311 - which broker is asked next is no secret
for _name, _module in list(sys.modules.items()):
    if _name.startswith(f"{kafka.__name__}.") and vars(_module).get("random") is random:
        vars(_module)["random"] = _CLIENTS_OWN


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests on three brokers first, and those on one at the head of the second half.

    Two processes of pytest-xdist begin with a half each and take from each other's ends, so no
    broker is started in both, and the brokers are gone before the rest is done.
    """
    three = _asking(items, "_cluster")
    one = [item for item in _asking(items, "_broker", "secured") if item not in set(three)]
    chosen = {*three, *one}
    rest = [item for item in items if item not in chosen]
    middle = max(len(items) // 2 - len(three), 0)
    items[:] = [*three, *rest[:middle], *one, *rest[middle:]]


def _asking(items: Iterable[pytest.Item], *fixtures: str) -> list[pytest.Item]:
    """The tests that ask for one of these fixtures, by fixture and then in their order."""
    asked_for = (
        item
        for fixture in fixtures
        for item in items
        if fixture in getattr(item, "fixturenames", ())
    )
    return list(dict.fromkeys(asked_for))
