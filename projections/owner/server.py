"""The owner of the tables at its socket: a thread for each asker of the same user."""

import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from deskledger.projections.owner.conversation import SEND_SECONDS, Conversation, Served
from deskledger.projections.owner.frames import Busy, Channel
from deskledger.projections.owner.messages import told_error
from deskledger.projections.owner.place import listening_socket, mark_of, peer_user, remove_address

ASKERS_MAX = 64
POLL_SECONDS = 0.2

_log = structlog.get_logger()


@contextmanager
def serving(directory: Path, served: Served) -> Iterator[None]:
    """Answers at the desk's socket until the block ends; then nobody is left in a conversation.

    Raises:
        Unavailable: the socket cannot be made.
    """
    server = _Server(listening_socket(directory), served)
    made = mark_of(directory)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), name="owner")
    thread.start()
    try:
        yield
    finally:
        # First the name: whoever finds none takes the file, once it is given back.
        remove_address(directory, made)
        server.shutdown()
        server.hang_up()
        server.server_close()
        thread.join()


class _Server(socketserver.ThreadingMixIn, socketserver.BaseServer):
    """Accepts askers at a socket that listens already, each in a thread that is waited for."""

    daemon_threads = False

    def __init__(self, listener: socket.socket, served: Served) -> None:
        super().__init__("", socketserver.BaseRequestHandler)
        self._listener = listener
        self._served = served
        self._changing = threading.Lock()
        self._channels: set[Channel] = set()
        self._ending = False

    def fileno(self) -> int:
        return self._listener.fileno()

    def get_request(self) -> tuple[socket.socket, Any]:
        return self._listener.accept()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        del client_address
        return peer_user(request) == os.geteuid()

    def finish_request(self, request: Any, client_address: Any) -> None:
        del client_address
        channel = Channel(request)
        with self._changing:
            ending, full = self._ending, len(self._channels) >= ASKERS_MAX
            self._channels.add(channel)
        try:
            if full:
                channel.send(told_error(Busy()), SEND_SECONDS)
            elif not ending:
                Conversation(channel, self._served).run()
        finally:
            with self._changing:
                self._channels.discard(channel)
            channel.close()

    def shutdown_request(self, request: Any) -> None:
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address
        _log.exception("conversation_failed")

    def hang_up(self) -> None:
        """Ends every conversation, whatever it waits for."""
        with self._changing:
            self._ending = True
            for channel in self._channels:
                channel.hang_up()
        self._served.watch.cut_off()

    def server_close(self) -> None:
        self._listener.close()
        super().server_close()
