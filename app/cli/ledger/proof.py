"""Proving the ledger, and saying what was found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.shown.drawing import one_line
from deskledger.eventlog.files.database import desk_of
from deskledger.eventlog.kafka.location import is_on_kafka
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.progress import Checkpoint
from deskledger.eventlog.records import LEDGER
from deskledger.replay.chain_report import ChainReport, Difference
from deskledger.replay.chains import count_records, verify_chains
from deskledger.replay.proving import Wanted

SHOWN_MAX = 64
NOTHING = "–"


def ledger_file(session: Session) -> Path:
    """The file that holds the desk's records, that of a desk on Kafka brought up to the log's end.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: it cannot be read.
    """
    kind = REPLICA if is_on_kafka(session.directory) else LEDGER
    path = session.directory / kind.name
    if kind is REPLICA:
        # Brought up to the log's end first, and made where it is missing.
        session.ledger.progress()
    desk_of(path, kind)
    return path


def prove_chains(
    session: Session, promised: Checkpoint | None = None, wanted: Wanted = None
) -> ChainReport:
    """Judges every record of the ledger again; needs no desk key.

    Args:
        session: of the command.
        promised: a checkpoint that the ledger must contain.
        wanted: a stream, or a ticket's number, of which all is to be told.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: it cannot be read.
    """
    path = ledger_file(session)
    with bar(session, "verify.bar", count_records(path)) as advance:
        return verify_chains(path, against=promised, wanted=wanted, progress=advance)


def tell_chains(session: Session, report: ChainReport, holds: str = "verify.holds") -> None:
    """Says what was found in the ledger; `holds` names the text for one that holds."""
    void = sum(report.void.values())
    facts = {
        "records": report.records,
        "effective": report.effective,
        "control": report.records - report.effective - void,
        "void": void,
    }
    if report.differences:
        session.tell(session.say("verify.differs", count=len(report.differences), **facts))
    else:
        place = {"lanes": len(report.lanes), "count": report.count, "desk": report.desk}
        session.tell(session.say(holds, **place, **facts))
    for one in report.differences:
        session.tell(session.say("verify.difference", **shown_facts(_difference(one))))
    if report.gaps:
        session.note(session.say("verify.gaps", count=report.gaps))
    if report.against is None:
        session.note(session.say("verify.alone"))


def chains_object(report: ChainReport) -> dict[str, Any]:
    """The report on the ledger as JSON shows it."""
    return {
        "desk": report.desk,
        "checkpoint": report.against is not None,
        "records": report.records,
        "effective": report.effective,
        "void": report.void,
        "gaps": report.gaps,
        "lanes_in_all": report.count,
        "lanes": [
            {
                "lane": lane.lane,
                "records": lane.records,
                "sequence": lane.sequence,
                "hash": lane.hash.hex(),
            }
            for lane in report.lanes
        ],
        "differences": [_difference(one) for one in report.differences],
    }


def shown_facts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts on one line each, however long they are."""
    return {name: _short(value) for name, value in facts.items()}


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "lane": one.lane,
        "record": one.record,
        "stream": one.stream,
        "what": one.what,
        "expected": one.expected.hex() if isinstance(one.expected, bytes) else one.expected,
        "found": one.found.hex() if isinstance(one.found, bytes) else one.found,
    }


def _short(value: object) -> str:
    text = NOTHING if value is None else one_line(str(value))
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
