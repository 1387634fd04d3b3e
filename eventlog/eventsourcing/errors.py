"""What the library's applications are told: errors of the library and of the desk at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.persistence import DataError, NotSupportedError, OperationalError

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable


class InsertTooLarge(DeskError, DataError):
    """One save holds more than a commit may; save fewer aggregates at a time."""


class NotStorable(DeskError, DataError):
    """An event has a value that the ledger's JSON cannot hold; nothing was stored."""


class LedgerUnavailable(Unavailable, OperationalError):
    """The ledger cannot be reached at the moment; nothing was stored, so save again."""


class InsertUnknown(OutcomeUnknown, OperationalError):
    """The events may have been stored; load the aggregates again to see."""


class Contended(DeskError, OperationalError):
    """Others kept writing to the application's stream; nothing was stored, so save again."""


class ReadOnly(DeskError, NotSupportedError):
    """This can only be read; the desk's own streams are changed by commands to the desk."""


@contextmanager
def told_to_the_library() -> Iterator[None]:
    """Lets an application that handles the library's errors handle those of the ledger, too."""
    try:
        yield
    except Unavailable as error:
        if isinstance(error, OperationalError):
            raise
        raise LedgerUnavailable(str(error), **error.facts) from error
    except OutcomeUnknown as error:
        if isinstance(error, OperationalError):
            raise
        raise InsertUnknown(**error.facts) from error
