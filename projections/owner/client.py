"""Asking the process that owns the tables."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, ParamSpec, Self, TypeVar

import orjson
from pydantic import BaseModel

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.progress import Progress
from deskledger.projections.owner import messages
from deskledger.projections.owner.frames import REQUEST_BYTES_MAX, Busy, Channel, HungUp, Silent
from deskledger.projections.owner.messages import Answer, Ask, Begin, End, Owner, Switch
from deskledger.projections.owner.place import connected_socket
from deskledger.projections.owner.values import Row, rows_of
from deskledger.projections.question import Asked, Limits, Question

P = ParamSpec("P")
T = TypeVar("T")

GREETING_SECONDS = 5.0
AGAIN_SECONDS = 0.1
SWITCH_SECONDS = 120.0
# Beyond what the owner was given: it may just be exchanging its tables, and is no faster than its
# machine.
GRACE_SECONDS = 30.0
KEPT_IN_MEMORY_BYTES = 16 << 20
_END = b'{"end":true}'
_ERROR = b'{"error":'


class OwnedTables:
    """The tables of a desk behind the process that owns them.

    Moments may be asked within one another; each has a conversation of its own.

    Attributes:
        owner: who that is.
    """

    def __init__(
        self,
        directory: Path,
        greeted: tuple[Channel, Owner],
        *,
        goal: Sequence[Progress] = (),
        wait_seconds: float = 0.0,
        ask_seconds: float = 0.0,
    ) -> None:
        """Takes over a channel on which both sides have greeted.

        Args:
            directory: the desk's.
            greeted: the first conversation, and who greeted in it.
            goal: what answers are to hold, as far as the owner comes to that in time.
            wait_seconds: how long the first question waits for that.
            ask_seconds: how long a further conversation is asked for, as `find_owner` says.
        """
        channel, self.owner = greeted
        self._directory = directory
        self._idle = [channel]
        self._at_least = {at.lane: at.records for at in goal}
        self._wait_seconds = wait_seconds
        self._ask_seconds = ask_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def moment(self) -> Iterator["OwnedMoment"]:
        """The tables as they are once they hold the goal, or after as long as one waits for it.

        Raises:
            Unavailable: the owner has ended, or does not answer.
        """
        # Who has waited once in vain does not wait for each question again.
        begin = Begin(at_least=self._at_least, wait_seconds=self._wait_seconds)
        self._wait_seconds = 0.0
        with self._conversation() as channel:
            told = _exchanged(channel, begin, begin.wait_seconds + GRACE_SECONDS)
            progress = messages.read_progress(self.owner.desk, told["progress"])
            yield OwnedMoment(channel, self.owner, progress)
            # The answers are complete, whatever becomes of the owner now.
            with suppress(HungUp, Silent):
                _exchanged(channel, End(), GRACE_SECONDS)

    def switch(self) -> None:
        """Lets the owner go on with the tables that were rebuilt beside its own.

        Raises:
            Unavailable: it could not, and goes on with its own.
            InvalidInput, ForeignFile, Outdated, Astray: what was rebuilt is not for it.
        """
        with self._conversation() as channel:
            _exchanged(channel, Switch(), SWITCH_SECONDS)

    @contextmanager
    def _conversation(self) -> Iterator[Channel]:
        """A channel that nobody uses; after an error it is not used again."""
        channel = self._idle.pop() if self._idle else None
        if channel is None or channel.is_gone():
            channel = self._anew()
        try:
            yield channel
        except BaseException:
            channel.close()
            raise
        self._idle.append(channel)

    def _anew(self) -> Channel:
        found = _greeted(self._directory, self._ask_seconds)
        if found is None:
            raise HungUp
        channel, self.owner = found
        return channel


class OwnedMoment:
    """The owner's tables at one moment, which lasts as long as the owner allows.

    Attributes:
        progress: how far the tables had come.
    """

    def __init__(self, channel: Channel, owner: Owner, progress: Sequence[Progress]) -> None:
        """Takes a channel on which a moment has begun."""
        self._channel = channel
        self._seconds = owner.seconds + GRACE_SECONDS
        self.progress = progress

    def answer(self, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answers one of the desk's own questions."""
        arguments = question.told_arguments(*args, **kwargs)
        asked = Answer(question=question.name, arguments=arguments)
        return question.read_answer(_exchanged(self._channel, asked, self._seconds)["value"])

    @contextmanager
    def ask(self, sql: str, *, personal: bool, limits: Limits | None = None) -> Iterator[Asked]:
        """Answers a SELECT or EXPLAIN, as `analyst.ask` says; within the owner's limits.

        All of the answer is read at once, so that a slow reader holds nobody up.
        """
        del limits
        with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES) as kept:
            head = _exchanged(self._channel, Ask(sql=sql, personal=personal), self._seconds)
            self._keep(kept)
            kept.seek(0)
            columns = tuple((name, kind) for name, kind in head["columns"])
            yield Asked(columns, _batches(kept, [kind for _, kind in columns]), self.progress)

    def _keep(self, kept: IO[bytes]) -> None:
        """Writes the batches that come, a line each."""
        while (body := self._channel.receive_bytes(self._seconds)) != _END:
            if body.startswith(_ERROR):
                messages.raise_error(orjson.loads(body))
            kept.write(body + b"\n")


def find_owner(
    directory: Path,
    desk: str,
    *,
    goal: Sequence[Progress] = (),
    wait_seconds: float = 0.0,
    ask_seconds: float = 0.0,
) -> OwnedTables | None:
    """The owner of a desk's tables, None if no process is at its socket.

    Args:
        directory: the desk's.
        desk: its id.
        goal: what answers are to hold.
        wait_seconds: how long to wait for that.
        ask_seconds: for how long to ask again while the owner is too busy to greet; it is asked
            once at least.

    Raises:
        NewerVersion: the owner is of a newer version.
        Unavailable: it is of an older one, of another user, or does not answer.
    """
    found = _greeted(directory, ask_seconds)
    if found is None:
        return None
    channel, owner = found
    if owner.desk != desk or owner.directory != messages.directory_mark(directory):
        # The directory was copied, and with it the link to where the owner of the other answers.
        channel.close()
        return None
    return OwnedTables(
        directory, found, goal=goal, wait_seconds=wait_seconds, ask_seconds=ask_seconds
    )


def _greeted(directory: Path, seconds: float) -> tuple[Channel, Owner] | None:
    """A conversation in which both sides have greeted; None if nobody is there for it.

    An owner that is busy is asked again until the time is up.
    """
    deadline_at = time.monotonic() + seconds
    while True:
        try:
            return _greeted_once(directory)
        except (Busy, Silent):
            if time.monotonic() >= deadline_at:
                raise
        time.sleep(AGAIN_SECONDS)


def _greeted_once(directory: Path) -> tuple[Channel, Owner] | None:
    connected = connected_socket(directory, GREETING_SECONDS)
    if connected is None:
        return None
    channel = Channel(connected)
    try:
        channel.send(messages.asker_greeting(), GREETING_SECONDS)
        return channel, messages.read_owner(channel.receive(GREETING_SECONDS))
    except HungUp:
        # It ends just now.
        channel.close()
        return None
    except BaseException:
        channel.close()
        raise


def _exchanged(channel: Channel, request: BaseModel, seconds: float) -> Mapping[str, Any]:
    """Sends a request and gives what is answered to it."""
    body = request.model_dump_json().encode()
    if len(body) > REQUEST_BYTES_MAX:
        raise InvalidInput("The question is too long.", bytes=len(body))
    channel.send_bytes(body, GRACE_SECONDS)
    told: Mapping[str, Any] = channel.receive(seconds)
    messages.raise_error(told)
    return told


def _batches(kept: IO[bytes], types: Sequence[str]) -> Iterator[list[Row]]:
    for body in kept:
        yield rows_of(orjson.loads(body)["rows"], types)
