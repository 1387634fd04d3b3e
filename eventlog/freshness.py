"""How fresh what a ledger answers is."""

from datetime import datetime
from typing import NamedTuple


class Freshness(NamedTuple):
    """Whether all that the log had a moment ago has been read.

    Attributes:
        is_fresh: False where the answers may be older.
        at: the latest moment known at which all was read; None if there is none.
        trouble: what keeps it from being fresh.
    """

    is_fresh: bool
    at: datetime | None = None
    trouble: str = ""


ALWAYS_FRESH = Freshness(is_fresh=True)
"""Of a ledger that is itself what it reads."""
