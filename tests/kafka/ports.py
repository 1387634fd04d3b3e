"""Loopback ports that stay ours while a broker is down."""

import random
import socket

# Below the ports that outgoing connections are given (/proc/sys/net/ipv4/ip_local_port_range), so
# that nothing else takes a port while its broker is down, and no connection meets itself.
FIRST, LAST = 15_000, 32_000


class Ports:
    """Free TCP ports of 127.0.0.1, reserved for one owner until it releases them.

    The reservation is a bound UDP socket of the same number: it ends with the process, and
    another process that asks for the same port finds it taken.
    """

    def __init__(self) -> None:
        self._claims: list[socket.socket] = []

    def take(self) -> int:
        """A port that nobody listens on and nobody else has reserved."""
        for port in random.SystemRandom().sample(range(FIRST, LAST), k=1_000):
            claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                claim.bind(("127.0.0.1", port))
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            except OSError:
                claim.close()
                continue
            self._claims.append(claim)
            return port
        raise OSError("no free port on 127.0.0.1 in a thousand tries")

    def release(self) -> None:
        """Gives all reserved ports back."""
        while self._claims:
            self._claims.pop().close()
