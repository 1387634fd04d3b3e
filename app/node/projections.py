"""The role that owns a desk's tables: keeps them current, and answers other processes."""

import threading
from functools import partial

from deskledger.app.desk import Desk
from deskledger.consumers.owner import LIMITS, Belongings, own_projections
from deskledger.consumers.staging_processes import Opener
from deskledger.projections.file import NAME
from deskledger.projections.question import Limits
from deskledger.replay.rebuild import rebuild


def run_projections(
    desk: Desk, stop: threading.Event, *, limits: Limits = LIMITS, opener: Opener | None = None
) -> None:
    """Owns the tables of a desk until `stop` is set.

    Args:
        desk: whose tables.
        stop: ends it within about a second.
        limits: of each question in SQL; its seconds are also those of a moment.
        opener: opens ledger and keys once more, for processes that stage a long way.

    Raises:
        Astray, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: as `own_projections`.
    """
    ledger, data_keys = desk.ledger, desk.vault.data_keys
    made_anew = partial(rebuild, desk.directory / NAME, ledger, data_keys, opener=opener)
    parts = Belongings(
        directory=desk.directory,
        ledger=ledger,
        data_keys=data_keys,
        clock=desk.clock,
        rebuild=lambda report: made_anew(report=report),
        limits=limits,
        opener=opener,
    )
    own_projections(parts, stop)
