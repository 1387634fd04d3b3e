"""What can happen to a log that an embedded ledger does not know."""

from deskledger.eventlog.errors import LedgerDamaged


class LogChanged(LedgerDamaged):
    """The log no longer holds what was read from it; run `deskledger recover`."""
