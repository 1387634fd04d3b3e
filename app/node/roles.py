"""Roles side by side in one process: all work until they are asked to stop, or one fails."""

import threading
from collections.abc import Callable, Mapping

import structlog

Role = Callable[[threading.Event], None]
"""Works until the event is set; it comes back earlier only by raising."""

LOOK_SECONDS = 0.2

_log = structlog.get_logger()


def run_roles(roles: Mapping[str, Role], stop: threading.Event) -> None:
    """Runs each role in a thread of its own; the first that fails ends them all.

    A node that lost a part must not look alive: whoever watches over it starts it anew, and every
    role goes on where it was.

    Raises:
        BaseException: what the first role that failed has raised.
    """
    failures: list[BaseException] = []

    def work(name: str, role: Role) -> None:
        _log.info("role_began", role=name)
        try:
            role(stop)
        except BaseException as error:  # noqa: BLE001 - the loop's edge: raised below, by the caller
            _log.error("role_failed", role=name, reason=f"{type(error).__name__}: {error}")
            failures.append(error)
        else:
            _log.info("role_ended", role=name)
        stop.set()

    threads = [
        threading.Thread(target=work, args=(name, role), name=name) for name, role in roles.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            # A signal that the system gave to another thread is looked at when this one wakes up.
            thread.join(LOOK_SECONDS)
    if failures:
        raise failures[0]
