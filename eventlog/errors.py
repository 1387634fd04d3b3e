"""What can go wrong between the desk and its stored bytes."""

from deskledger.domain.errors import DeskError


class Unavailable(DeskError):
    """The ledger cannot be written at the moment; nothing was stored, so try again."""


class LedgerSealed(Unavailable):
    """The ledger was sealed because its desk has moved; finish `move`, or open the desk again."""


class OutcomeUnknown(DeskError):
    """The command was handed over but not confirmed; ask again with the same key."""


class Conflict(DeskError):
    """Others kept changing the stream; nothing was recorded, so try again."""


class LedgerDamaged(DeskError):
    """The stored ledger differs from what it proves; run `deskledger verify`."""


class UnreadableCommit(LedgerDamaged):
    """A commit lacks fields that every commit has; its writer did not follow the format."""


class ForeignFile(DeskError):
    """This file belongs to another desk or another program; nothing was written."""


class NewerVersion(DeskError):
    """This was written by a newer deskledger; update the software."""


class WrongDeskKey(DeskError):
    """The desk key does not open this vault; restore the key that belongs to it."""


class KeysMissing(DeskError):
    """The desk was restored without its keys: it can be read, not written; restore it with them."""
