"""What processes may ask of the desk: present states, and which tickets name somebody."""

from collections.abc import Callable
from typing import Any, Protocol

from deskledger.consumers.processes.ticket_commits import Records, ticket_commits


class Ledger(Records, Protocol):
    """What is asked of a ledger."""

    def check_current(self, stream: str, /) -> None:
        """Makes sure that nothing recorded is missing here."""


class DeskView:
    """The desk as it is known here."""

    def __init__(self, ledger: Ledger, state_of: Callable[[str], Any]) -> None:
        """`state_of` gives the present state of a stream, None where it does not exist."""
        self._ledger = ledger
        self.state_of = state_of

    def tickets_naming(self, stream: str) -> list[str]:
        """The tickets that ever had an agent, group or customer, by the stream of that one.

        Every record is looked at: some seconds for a million tickets, and seldom asked.

        Raises:
            Unavailable: what is read here may be behind; ask again.
        """
        self._ledger.check_current(stream)
        noun, _, part = stream.partition("/")
        mark = f'"{noun}":"{part}"'.encode()
        return sorted({one.stream for one in ticket_commits(self._ledger) if mark in one.value})
