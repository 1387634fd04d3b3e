"""Messages over a socket: four bytes of length, most significant first, then so much JSON."""

import socket
import struct
import time
from contextlib import suppress
from typing import Any

import orjson

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable

LENGTH = struct.Struct(">I")
REQUEST_BYTES_MAX = 1 << 20
CHUNK_BYTES_MAX = 1 << 20


class HungUp(Unavailable):
    """The owner of the tables ended the conversation; ask again."""


class Silent(Unavailable):
    """The owner of the tables did not answer in time; ask again later."""


class Busy(Unavailable):
    """Too many ask the owner of the tables; ask again later."""


class Channel:
    """One side of a conversation; every call has its deadline, and one thread uses it at a time."""

    def __init__(self, connected: socket.socket) -> None:
        """Takes over a connected socket."""
        self._socket = connected
        # A descriptor that never waits, for a look from another thread.
        self._look = connected.dup()
        self._look.settimeout(0)

    def send(self, message: Any, seconds: float) -> None:
        """Sends a value that JSON has a form for.

        Raises:
            HungUp, Silent: the other side has gone, or does not read.
        """
        body = orjson.dumps(message)
        self.send_bytes(body, seconds)

    def send_bytes(self, body: bytes, seconds: float) -> None:
        """Sends what is JSON already.

        Raises:
            HungUp, Silent: as `send`; the time is that of the whole message.
        """
        try:
            self._socket.settimeout(seconds)
            self._socket.sendall(LENGTH.pack(len(body)) + body)
        except TimeoutError as error:
            raise Silent from error
        except OSError as error:
            raise HungUp from error

    def receive(self, seconds: float, bytes_max: int | None = None) -> Any:
        """The next message.

        Args:
            seconds: how long to wait for all of it.
            bytes_max: how long it may be; None for whatever its length has room for.

        Raises:
            HungUp, Silent: none comes, or not all of it, or it is longer.
            InvalidInput: it is no JSON.
        """
        body = self.receive_bytes(seconds, bytes_max)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise InvalidInput("A message was no JSON.") from error

    def receive_bytes(self, seconds: float, bytes_max: int | None = None) -> bytes:
        """The bytes of the next message.

        Raises:
            HungUp, Silent: as `receive`.
        """
        deadline_at = time.monotonic() + seconds
        (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline_at))
        if bytes_max is not None and length > bytes_max:
            raise HungUp(f"A message of {length} bytes is too long.", bytes=length)
        return self._read(length, deadline_at)

    def is_gone(self) -> bool:
        """Whether the other side has hung up, as far as is known without waiting or reading."""
        try:
            return self._look.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def hang_up(self) -> None:
        """Ends the conversation for both sides, whatever they wait for; any thread may do so."""
        with suppress(OSError):  # it has ended already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Gives the socket back."""
        self._look.close()
        self._socket.close()

    def _read(self, count: int, deadline_at: float) -> bytes:
        found = bytearray()
        while len(found) < count:
            try:
                self._socket.settimeout(max(deadline_at - time.monotonic(), 0.001))
                some = self._socket.recv(min(count - len(found), CHUNK_BYTES_MAX))
            except TimeoutError as error:
                raise Silent from error
            except OSError as error:
                raise HungUp from error
            if not some:
                raise HungUp
            found += some
        return bytes(found)
