"""Closing periods: their figures are fixed, corrected only with a reason, and never drift."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change, command
from deskledger.app.cli.figures.figures import tell_figures
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.domain.report.commands import ClosePeriod, CorrectPeriod
from deskledger.domain.report.decide import ReportState
from deskledger.domain.report.events import LaneReached, PeriodClosed, PeriodCorrected
from deskledger.domain.report.period import days_of
from deskledger.eventlog.progress import Checkpoint, Progress
from deskledger.projections.figures import Figure
from deskledger.projections.period_report import RULES, Report, report_hash, report_on
from deskledger.projections.periods import periods
from deskledger.projections.queries import parked
from deskledger.replay.as_of.past import at_checkpoint

app = noun_app()

Period = Annotated[str, typer.Argument(metavar="PERIOD", help="2026-03, 2026-W10 or 2026-03-02.")]
DIFFERS = 1
_NO_HASH = bytes(32)


@app.command()
@change
def close(act: Changing, period: Period) -> None:
    """Fix the figures of a period that is over; what is recorded later changes them no more."""
    _check_over(act, period)
    if _reports(act, period):
        raise InvalidInput(f"{period} is closed already; `period correct` fixes it anew.")
    act.execute(f"report/{period}", ClosePeriod, **_fixed(act, period))


@app.command()
@change
def correct(
    act: Changing,
    period: Period,
    *,
    reason: Annotated[str, typer.Option(metavar="CODE", help="Why, such as late_facts.")],
) -> None:
    """Fix the figures of a closed period anew, on what is known by now; both reports stay."""
    days_of(period)
    act.execute(f"report/{period}", CorrectPeriod, reason=reason, **_fixed(act, period))


@app.command()
@command
def show(
    session: Session,
    period: Period,
    *,
    number: Annotated[
        int | None, typer.Option("--report", metavar="N", min=1, help="An earlier one; from 1.")
    ] = None,
) -> None:
    """Show a closed period's figures, counted anew from the events that it was closed on.

    Ends with code 1 where they are not those that were fixed.
    """
    days_of(period)
    reports = _reports(session, period)
    if not reports or (number or 1) > len(reports):
        raise InvalidInput(f"{period} has no such report; close it first.", period=period)
    fixed = reports[(number or len(reports)) - 1]
    found = _counted_then(session, period, fixed)
    holds = report_hash(found) == fixed.figures_hash
    if session.as_json:
        session.answer(_object(period, reports, fixed, found, holds=holds))
    else:
        _tell(session, reports, fixed, found[None], holds=holds)
    if not holds:
        raise typer.Exit(DIFFERS)


def _fixed(act: Changing, period: str) -> dict[str, Any]:
    """What the figures follow from, and their hash; told as of a time that the event will have."""
    aside = parked(act.tables).value
    if aside:
        told = "Some streams are set aside because they cannot be read; `status` names them."
        raise InvalidInput(told, streams=aside)
    at = act.at or act.desk.clock()
    act.state_time(at)
    with act.tables.moment() as moment:
        found = report_on(moment, period, at)
        reached = {lane.lane: lane for lane in moment.progress}
    lanes = [reached.get(lane.lane) or _nothing(lane) for lane in act.desk.ledger.progress()]
    progress = [_reached(lane) for lane in lanes]
    return {"progress": progress, "rules": RULES, "figures_hash": report_hash(found)}


def _counted_then(session: Session, period: str, fixed: PeriodClosed | PeriodCorrected) -> Report:
    desk = session.desk.ledger.desk
    lanes = tuple(
        Progress(desk, one.lane, one.records, one.sequence, bytes.fromhex(one.hash))
        for one in fixed.progress
    )
    session.past = at_checkpoint(session.ledger, Checkpoint(desk, lanes))
    with session.tables.moment() as moment:
        return report_on(moment, period, fixed.occurred_at)


def _reports(session: Session, period: str) -> Sequence[PeriodClosed | PeriodCorrected]:
    state: ReportState | None = session.desk.writer.streams.load(f"report/{period}").state
    return () if state is None else state.reports


def _check_over(session: Session, period: str) -> None:
    (whole,) = periods(days_of(period), "whole", session.zone)
    now: datetime = session.desk.clock()
    if whole.ended_at > now:
        told = f"{period} is not over; close it after {session.time(whole.ended_at)}."
        raise InvalidInput(told, period=period, ends=whole.ended_at)


def _nothing(lane: Progress) -> Progress:
    return Progress(lane.desk, lane.lane, 0, 0, _NO_HASH)


def _reached(lane: Progress) -> LaneReached:
    return LaneReached(
        lane=lane.lane, records=lane.records, sequence=lane.sequence, hash=lane.hash.hex()
    )


def _object(
    period: str,
    reports: Sequence[PeriodClosed | PeriodCorrected],
    fixed: PeriodClosed | PeriodCorrected,
    found: Report,
    *,
    holds: bool,
) -> dict[str, Any]:
    return {
        "period": period,
        "holds": holds,
        "rules": fixed.rules,
        "progress": [one.model_dump() for one in fixed.progress],
        "reports": [
            {
                "at": one.occurred_at,
                "figures_hash": one.figures_hash,
                "reason": one.reason if isinstance(one, PeriodCorrected) else None,
            }
            for one in reports
        ],
        "figures": {name or "all": [one._asdict() for one in told] for name, told in found.items()},
    }


def _tell(
    session: Session,
    reports: Sequence[PeriodClosed | PeriodCorrected],
    fixed: PeriodClosed | PeriodCorrected,
    found: Sequence[Figure],
    *,
    holds: bool,
) -> None:
    tell_figures(session, found, None)
    number = reports.index(fixed) + 1
    at = session.time(fixed.occurred_at)
    session.note(session.say("period.report", number=number, reports=len(reports), at=at))
    verdict = "period.holds" if holds else "period.differs"
    session.note(session.say(verdict, rules=fixed.rules, known=RULES))
