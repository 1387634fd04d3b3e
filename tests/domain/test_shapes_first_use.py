"""Shapes are built when they are first used, so a command builds the few that it needs."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from deskledger.domain.shapes import Count, Frozen, Slug

THREADS = 8
ROUNDS = 20

_BUILT = """
from deskledger.domain import streams
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.events import TicketOpened
for kind in (OpenTicket, TicketOpened):
    print(kind.__pydantic_complete__)
"""


def test_loading_the_domain_builds_neither_commands_nor_events() -> None:
    run = [sys.executable, "-c", _BUILT]
    told = subprocess.check_output(run, text=True)  # noqa: S603 - the arguments are our own
    assert told.split() == ["False", "False"]


def test_threads_that_use_a_shape_first_and_together_all_get_it() -> None:
    names = [f"name-{number}" for number in range(THREADS)]
    for _ in range(ROUNDS):
        assert _written_at_once(*_fresh_shapes(), names) == [
            {"part": {"name": name, "size": 1}} for name in names
        ]


def _written_at_once(inner: type[Frozen], outer: type[Frozen], names: list[str]) -> list[object]:
    begin = Barrier(len(names))

    def written(name: str) -> object:
        begin.wait()
        part = inner.model_validate({"name": name, "size": 1})
        return outer.model_validate({"part": part}).written()

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(written, names))


def _fresh_shapes() -> tuple[type[Frozen], type[Frozen]]:
    class Inner(Frozen):
        name: Slug
        size: Count

    class Outer(Frozen):
        part: Inner

    return Inner, Outer
