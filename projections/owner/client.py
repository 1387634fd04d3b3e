"""Asking the process that owns the tables."""

import os
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, ParamSpec, Self, TypeVar

import orjson
from pydantic import BaseModel

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.projections.owner import messages
from deskledger.projections.owner.frames import REQUEST_BYTES_MAX, Channel, HungUp, Silent
from deskledger.projections.owner.messages import Answer, Ask, Begin, End, Owner, Switch
from deskledger.projections.owner.place import address_of, peer_user
from deskledger.projections.owner.values import Row, rows_of
from deskledger.projections.question import Asked, Limits, Question

P = ParamSpec("P")
T = TypeVar("T")

GREETING_SECONDS = 5.0
SWITCH_SECONDS = 120.0
# Beyond what the owner was given, for the way there and back.
GRACE_SECONDS = 5.0
KEPT_IN_MEMORY_BYTES = 16 << 20
_END = b'{"end":true}'
_ERROR = b'{"error":'


class OwnedTables:
    """The tables of a desk behind the process that owns them; one thread asks at a time.

    Attributes:
        owner: who that is.
        goal: what its answers are to hold, as far as it comes to that in time.
    """

    def __init__(
        self, channel: Channel, owner: Owner, goal: Sequence[Progress], wait_seconds: float
    ) -> None:
        """Takes over a channel on which both sides have greeted."""
        self._channel = channel
        self._wait_seconds = wait_seconds
        self.owner = owner
        self.goal = goal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    @contextmanager
    def moment(self) -> Iterator["OwnedMoment"]:
        """The tables as they are once they hold the goal, or after as long as one waits for it.

        Raises:
            Unavailable: the owner has ended, or does not answer.
        """
        at_least = {at.lane: at.records for at in self.goal}
        begin = Begin(at_least=at_least, wait_seconds=self._wait_seconds)
        told = self._request(begin, self._wait_seconds)
        progress = messages.read_progress(self.owner.desk, told["progress"])
        moment = OwnedMoment(self._channel, self.owner, progress)
        yield moment
        if not moment.failed:
            # Its answers are complete, whatever becomes of the owner now.
            with suppress(HungUp, Silent):
                self._request(End())

    def switch(self) -> None:
        """Lets the owner go on with the tables that were rebuilt beside its own.

        Raises:
            Unavailable: it could not, and goes on with its own.
            ForeignFile, Outdated, Astray: what was rebuilt is not for it.
        """
        self._request(Switch(), SWITCH_SECONDS)

    def _request(self, request: BaseModel, seconds: float = 0.0) -> Mapping[str, Any]:
        return _exchanged(self._channel, request, seconds + GRACE_SECONDS)


class OwnedMoment:
    """The owner's tables at one moment, which lasts as long as the owner allows.

    Attributes:
        progress: how far the tables had come.
        failed: whether a question failed; the moment has ended with it.
    """

    def __init__(self, channel: Channel, owner: Owner, progress: Sequence[Progress]) -> None:
        """Takes a channel on which a moment has begun."""
        self._channel = channel
        self._seconds = owner.seconds + GRACE_SECONDS
        self.progress = progress
        self.failed = False

    def answer(self, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answers one of the desk's own questions."""
        arguments = question.told_arguments(*args, **kwargs)
        with self._ending():
            asked = Answer(question=question.name, arguments=arguments)
            told = _exchanged(self._channel, asked, self._seconds)
            return question.read_answer(told["value"])

    @contextmanager
    def ask(self, sql: str, *, personal: bool, limits: Limits | None = None) -> Iterator[Asked]:
        """Answers a SELECT or EXPLAIN, as `analyst.ask` says; within the owner's limits.

        All of the answer is read at once, so that a slow reader holds nobody up.
        """
        del limits
        with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES) as kept:
            with self._ending():
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

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except DeskError:
            self.failed = True
            raise


def find_owner(
    directory: Path, desk: str, *, goal: Sequence[Progress] = (), wait_seconds: float = 0.0
) -> OwnedTables | None:
    """The owner of a desk's tables, None if no process is at its socket.

    Args:
        directory: the desk's.
        desk: its id.
        goal: what answers are to hold.
        wait_seconds: how long to wait for that.

    Raises:
        NewerVersion: the owner is of a newer version.
        Unavailable: it is of an older one, of another user, or does not answer.
    """
    connected = _connected(directory)
    if connected is None:
        return None
    channel = Channel(connected)
    try:
        channel.send(messages.asker_greeting(), GREETING_SECONDS)
        owner = messages.read_owner(channel.receive(GREETING_SECONDS))
    except HungUp:
        # It ends just now, or this user may not ask it.
        channel.close()
        return None
    except BaseException:
        channel.close()
        raise
    if owner.desk != desk or owner.directory != messages.directory_mark(directory):
        # The directory was copied, and with it the link to where the owner of the other answers.
        channel.close()
        return None
    return OwnedTables(channel, owner, goal, wait_seconds)


def _connected(directory: Path) -> socket.socket | None:
    """A connection to the socket of a desk, None if nobody listens there."""
    address = address_of(directory)
    if address is None:
        return None
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(GREETING_SECONDS)
    try:
        connected.connect(os.fspath(address))
    except (FileNotFoundError, ConnectionRefusedError):
        # There is no owner, or one that was killed and has left its socket.
        connected.close()
        return None
    except (TimeoutError, BlockingIOError) as error:
        connected.close()
        raise Silent from error
    except PermissionError as error:
        connected.close()
        raise _another_user(address) from error
    if peer_user(connected) != os.geteuid():
        connected.close()
        raise _another_user(address)
    return connected


def _another_user(address: Path) -> Unavailable:
    told = "A process of another user owns the tables; ask as that user."
    return Unavailable(told, socket=str(address))


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
