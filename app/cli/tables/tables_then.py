"""The tables as they were at a point in the past, for one command."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.tables.projected import RECORDS_UNWATCHED_MAX, records_of
from deskledger.app.reading import open_records
from deskledger.projections.question import Tables
from deskledger.replay.as_of.past import Past
from deskledger.replay.as_of.snapshots import nearest
from deskledger.replay.as_of.tables_then import tables_then


@contextmanager
def open_tables_then(session: Session, past: Past) -> Iterator[Tables]:
    """The tables as they were; made of the nearest snapshot and what followed it.

    Raises:
        LedgerDamaged: a snapshot is not what was sealed.
        Unavailable: they cannot be made.
    """
    session.goal = past.progress
    ledger = session.ledger
    begin = nearest(session.directory, ledger, past)
    missing = records_of(past.progress) - (0 if begin is None else begin.records)
    worth_it = missing > RECORDS_UNWATCHED_MAX
    opener = partial(open_records, session.directory, session.kafka)
    with ExitStack() as stack:
        # The bar ends with the making, the tables with the command.
        with bar(session, "then.bar", missing, worth_it=worth_it) as advance:
            made = tables_then(session.directory, ledger, past, report=advance, opener=opener)
            tables = stack.enter_context(made)
        yield tables
