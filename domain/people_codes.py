"""Which codes the commands about people state, and that the desk must have them.

As with tickets it is asked last: a command that changes nothing is answered so, whatever the
configuration says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from deskledger.domain.agent.commands import AddAgent, ChangeLimits
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.commands import Command
from deskledger.domain.configuration.codes import DESK_STREAM, check_code, desk_in_force
from deskledger.domain.context import Context
from deskledger.domain.customer.commands import RegisterCustomer, SetTier
from deskledger.domain.events import Event
from deskledger.domain.tags import TagCustomer

_GIVEN = ("all", "phone")
"""Valid beside the desk's channels: the limit over all of them together, and what is always one."""


class _Stated(NamedTuple):
    """A code, the desk's list in which it must stand, and what it stands for."""

    codes: str
    code: str
    what: str


def configuration_needed(command: Command, context: Context) -> frozenset[str]:
    """The desk's stream where the command states a code; an import is not asked."""
    states = not context.history and any(True for _ in _stated(command))
    return frozenset({DESK_STREAM} if states else ())


def check_people_codes(command: Command, events: Sequence[Event], context: Context) -> None:
    """Refuse a command that would change something and states a code that the desk does not have.

    Raises:
        CommandRefused: ``code_unknown``, with the nearest valid code.
    """
    document = None if context.history or not events else desk_in_force(context)
    if document is None:
        return
    for codes, code, what in _stated(command):
        check_code(document, codes, code, what=what, given=_GIVEN if codes == "channels" else ())


def _stated(command: Command) -> Iterator[_Stated]:
    match command:
        case RegisterCustomer(tier=tier) | SetTier(tier=tier) if tier is not None:
            yield _Stated("tiers", tier, "tier")
        case TagCustomer():
            yield from (_Stated("tags", tagged.tag, "tag") for tagged in command.added)
        case AddAgent(limits=channels) | ChangeLimits(limits=channels):
            yield from _channels(channels)
        case SetAvailability():
            yield from _channels(command.channels or ())
        case _:
            pass


def _channels(channels: Iterable[str]) -> Iterator[_Stated]:
    return (_Stated("channels", channel, "channel") for channel in channels)
