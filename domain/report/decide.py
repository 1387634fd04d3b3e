"""The rules of a period's report: closed once, corrected only with a reason, never reopened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered
from deskledger.domain.moments import moment, refuse_late, unknown_stream
from deskledger.domain.report.commands import ClosePeriod, CorrectPeriod, ReportCommand
from deskledger.domain.report.events import PeriodClosed, PeriodCorrected, ReportEvent
from deskledger.domain.report.period import days_of


@dataclass(frozen=True, slots=True)
class ReportState:
    """A period's report.

    Attributes:
        reports: every report that was fixed, the one in force last; empty before it was closed.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    reports: tuple[PeriodClosed | PeriodCorrected, ...]


def decide(
    state: ReportState | None, command: ReportCommand, context: Context
) -> list[ReportEvent]:
    """Fix the figures; an empty list where the period is closed already, or nothing is new.

    Raises:
        CommandRefused: the actor may not, or what is not closed is to be corrected.
        InvalidInput: the stream is not named after a period.
    """
    days_of(context.part)
    if not context.configures and context.actor.kind != "system":
        raise CommandRefused("not_permitted", {"needs": "admin"})
    at = moment(state, command.occurred_at, context)
    if state is not None:
        refuse_late(state, at, context)
    reports = () if state is None else state.reports
    match command:
        case ClosePeriod():
            return [] if reports else [_closed(command, at)]
        case CorrectPeriod():
            if not reports:
                raise unknown_stream(context)
            known = reports[-1].progress == command.progress
            return [] if known else [_corrected(command, at)]
        case _:
            assert_never(command)


def evolve(state: ReportState | None, event: ReportEvent, version: int) -> ReportState:
    """Give the report after one more event."""
    at = event.occurred_at
    known = state or ReportState(version, at, at, ())
    match event:
        case PeriodClosed() | PeriodCorrected():
            reports = (*known.reports, event)
            latest_at = max(known.latest_at, at)
            return replace(known, version=version, latest_at=latest_at, reports=reports)
        case CommandAnswered():
            return replace(known, version=version)
        case _:
            assert_never(event)


def _closed(command: ClosePeriod, at: datetime) -> PeriodClosed:
    return PeriodClosed(
        occurred_at=at,
        by=command.by,
        progress=command.progress,
        rules=command.rules,
        figures_hash=command.figures_hash,
    )


def _corrected(command: CorrectPeriod, at: datetime) -> PeriodCorrected:
    return PeriodCorrected(
        occurred_at=at,
        by=command.by,
        progress=command.progress,
        rules=command.rules,
        figures_hash=command.figures_hash,
        reason=command.reason,
    )
