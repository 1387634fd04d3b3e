"""What can go wrong between the tables and those who ask them."""

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import Unavailable


class InUse(Unavailable):
    """Another process uses the tables; try again later."""


class TablesDamaged(Unavailable):
    """The tables' file is damaged; run `deskledger rebuild --discard`."""


class Outdated(DeskError):
    """The projections were made by another version of the software; run `deskledger rebuild`."""


class Astray(DeskError):
    """The projections do not follow from this ledger; run `deskledger rebuild`."""


class Unfit(DeskError):
    """A value does not fit its column; nothing was written."""


class GrantNeeded(InvalidInput):
    """The question names tables of personal values; ask for them with --personal."""


class QuestionStopped(DeskError):
    """The question took too long or gave too much; narrow it down."""
