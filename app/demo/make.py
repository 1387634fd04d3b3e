"""A demo desk: made from a seed, once, in a directory of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from deskledger.app.demo.clock import StoryClock
from deskledger.app.demo.making import MARK, aside, is_free
from deskledger.app.demo.plan import ZONE, Plan
from deskledger.app.demo.scribe import DeskKeys
from deskledger.app.demo.story import simulate
from deskledger.app.demo.telling import Answered, Telling
from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.errors import InvalidInput
from deskledger.domain.identifiers import derived_id
from deskledger.eventlog.collector import collector_still
from deskledger.eventlog.records import LEDGER

MANAGER = "许清宁"

Progress = Callable[[float], None]
"""Is told what part of the story, from 0 to 1, has been recorded."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What lies in the directory now.

    Attributes:
        desk: the desk's id.
        plan: what its story was made from.
        reused: whether it was there already.
        answers: how many commands got each answer, by what was expected; empty where reused.
    """

    directory: Path
    desk: str
    plan: Plan
    reused: bool
    answers: Mapping[Answered, int]

    @property
    def commands(self) -> int:
        """How many commands were executed for it now."""
        return sum(self.answers.values())

    @property
    def ends_at(self) -> datetime:
        """The story's present: how old open tickets are is counted to here."""
        return self.plan.ends_at


def make_demo(
    directory: Path,
    plan: Plan,
    progress: Progress = lambda _share: None,
    *,
    desk_key: bytes | None = None,
) -> DemoReport:
    """Make the demo desk of a plan, or use it again where it lies in the directory already.

    The same plan gives the same tickets, ids, numbers and figures. Keys of personal values are
    random as on every desk, and so are hashes.

    Args:
        directory: where the desk is to lie: a path where nothing is, an empty directory, or the
            demo of the same plan.
        plan: the seed and the size.
        progress: is told how far it has come.
        desk_key: 32 bytes kept elsewhere; None keeps a new key in the directory.

    Raises:
        InvalidInput: something else lies there, be it a desk or another plan's demo.
        Unavailable: another process is making it, or the disk does not allow it.
        ForeignFile, NewerVersion, WrongDeskKey, LedgerDamaged: the desk there cannot be used.
    """
    directory = directory.resolve()
    if not is_free(directory):
        return _reused(directory, plan, desk_key)
    with (
        aside(directory, desk_key) as path,
        _founded(path, plan, desk_key) as (desk, clock),
        collector_still(),
    ):
        answers = Counter(_told(desk, clock, plan, progress))
        return DemoReport(directory, desk.ledger.desk, plan, reused=False, answers=answers)


def demo_mark(desk: Desk) -> Mapping[str, Any] | None:
    """The seed and size from which a demo made this desk; None for any other desk."""
    mark = desk.document().extra.get(MARK)
    return mark if isinstance(mark, dict) else None


def _reused(directory: Path, plan: Plan, desk_key: bytes | None) -> DemoReport:
    if not (directory / LEDGER.name).exists():
        told = "The directory is not empty and holds no desk; choose another directory."
        raise InvalidInput(told, directory=str(directory))
    with Desk.open(directory, desk_key=desk_key) as desk:
        mark, identity = demo_mark(desk), desk.ledger.desk
    if mark is None:
        told = "There is a desk in this directory that no demo has made; choose another directory."
        raise InvalidInput(told, directory=str(directory))
    if mark != plan.mark:
        told = "There is another demo in this directory; choose another directory for this one."
        raise InvalidInput(told, directory=str(directory), there=mark, asked=plan.mark)
    return DemoReport(directory, identity, plan, reused=True, answers={})


@contextmanager
def _founded(path: Path, plan: Plan, desk_key: bytes | None) -> Iterator[tuple[Desk, StoryClock]]:
    """The desk as it is before the story begins, and the clock that it goes by."""
    clock = StoryClock(plan.founded_at)
    with Desk.create(path, _new_desk(plan), desk_key=desk_key, clock=clock) as desk:
        yield desk, clock


def _new_desk(plan: Plan) -> NewDesk:
    """A desk whose id and secret keys follow from the plan, so that all other ids do."""
    return NewDesk(
        zone=ZONE,
        country="CN",
        locales=("zh-Hans", "en"),
        agent=MANAGER,
        email="manager@chengyuan.example",
        extra={MARK: plan.mark},
        desk_id=derived_id("desk", "demo", plan.name),
        token_bytes=_tokens(plan),
    )


def _tokens(plan: Plan) -> Callable[[int], bytes]:
    """Bytes that follow from the plan. They keep nothing secret, and a demo has no secrets."""
    drawn = 0

    def token_bytes(size: int) -> bytes:
        nonlocal drawn
        drawn += 1
        source = b"deskledger/demo/1\0%b\0%d\0" % (plan.name.encode(), drawn)
        blocks = (sha256(source + b"%d" % block).digest() for block in range(-(-size // 32)))
        return b"".join(blocks)[:size]

    return token_bytes


def _told(desk: Desk, clock: StoryClock, plan: Plan, progress: Progress) -> Iterator[Answered]:
    """Tell the desk the story, from its founding to its present."""
    secrets = desk.vault.secrets
    keys = DeskKeys(command=secrets.command, identity=secrets.identity)
    story = simulate(plan, keys, desk.first_agent())
    length = plan.ends_at - plan.founded_at
    for told in Telling(desk, clock, story).pieces(plan.ends_at):
        yield from told.answers
        progress((told.until - plan.founded_at) / length)
