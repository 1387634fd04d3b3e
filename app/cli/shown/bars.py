"""Progress of long work, on stderr and only where somebody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deskledger.app.cli.session import Session

Advance = Callable[[float], None]
"""Told how much more is done since it was last called."""


@contextmanager
def bar(session: Session, title: str, total: float, *, worth_it: bool = True) -> Iterator[Advance]:
    """A bar for one piece of work; nothing is shown in a pipe, or where JSON is asked for.

    Args:
        session: who watches.
        title: name of the text that says what is being done.
        total: how much there is to do.
        worth_it: whether it takes so long that somebody would wonder.
    """
    if session.as_json or not worth_it or not sys.stderr.isatty():
        yield _nothing
        return
    # Loading Rich's live display takes longer than most commands do.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(session.say(title), total=total)
        yield lambda more: progress.advance(task, more)


def reached(advance: Advance) -> Callable[[float], None]:
    """Tells a bar of work that says how much of it is done in all."""
    told = 0.0

    def tell(done: float) -> None:
        nonlocal told
        advance(done - told)
        told = done

    return tell


def _nothing(_more: float) -> None:
    """Nobody watches."""
