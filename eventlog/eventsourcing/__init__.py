"""The `eventsourcing` library on a desk's ledger.

An application is put there by `PERSISTENCE_MODULE=deskledger.eventlog.eventsourcing`.

Nothing else of deskledger imports this package, so the library is needed only where one of its
applications runs. docs/eventsourcing.md says how to use it and what is stored.
"""

try:
    from deskledger.eventlog.eventsourcing.factory import LedgerFactory
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] != "eventsourcing":
        raise
    raise ModuleNotFoundError(
        "The library `eventsourcing` is missing; `pip install 'deskledger[eventsourcing]'` "
        "installs the versions that this deskledger works with.",
        name=missing.name,
    ) from missing

__all__ = ["LedgerFactory"]
