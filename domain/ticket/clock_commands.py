"""Time has passed: the command that nobody but the desk has a reason to give."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.commands import Command


class ObserveClocks(Command):
    """Record the breaches and marks of the ticket's clocks that have come by now.

    Every other command on the ticket records them as well; this one does where none comes. It also
    brings the clocks in line with publications that reach open tickets. Nothing to do where all of
    that is recorded.
    """

    type: Literal["ObserveClocks"] = "ObserveClocks"
