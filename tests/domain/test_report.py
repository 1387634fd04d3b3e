"""The report on a period: closed once, corrected only with a reason."""

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.domain.report.commands import ClosePeriod, CorrectPeriod
from deskledger.domain.report.events import LaneReached, PeriodClosed, PeriodCorrected
from tests.domain.stories import Story

MARCH = Story(stream="report/2026-03").configuring()
HASH = "ab" * 32


def reached(records: int) -> tuple[LaneReached, ...]:
    return (LaneReached(lane=3, records=records, sequence=records, hash=f"{records:064x}"),)


def close(records: int) -> ClosePeriod:
    return ClosePeriod(progress=reached(records), rules=1, figures_hash=HASH)


def correct(records: int) -> CorrectPeriod:
    return CorrectPeriod(progress=reached(records), rules=1, figures_hash=HASH, reason="late_facts")


def test_closing_fixes_how_far_the_lanes_were_and_what_was_counted() -> None:
    (closed,) = MARCH.then(close(9), PeriodClosed)
    assert (closed.progress, closed.rules, closed.figures_hash) == (reached(9), 1, HASH)


def test_a_closed_period_stays_as_it_was_closed() -> None:
    closed = MARCH.when(close(9))
    closed.then_nothing(close(10))
    assert [one.progress for one in closed.state.reports] == [reached(9)]


def test_a_correction_keeps_what_was_reported_before() -> None:
    closed = MARCH.when(close(9))
    (corrected,) = closed.then(correct(12), PeriodCorrected)
    assert corrected.reason == "late_facts"
    reports = closed.when(correct(12)).state.reports
    assert [one.progress for one in reports] == [reached(9), reached(12)]
    closed.when(correct(12)).then_nothing(correct(12))


def test_what_is_not_closed_cannot_be_corrected() -> None:
    MARCH.then_refused(correct(9), "stream_unknown")


def test_only_who_may_configure_the_desk_closes_its_periods() -> None:
    Story(stream="report/2026-03").then_refused(close(9), "not_permitted")


@pytest.mark.parametrize("name", ["2026", "march", "2026-W54", "2026-02-30"])
def test_a_report_is_named_after_a_period(name: str) -> None:
    with pytest.raises(InvalidInput, match="no period"):
        Story(stream=f"report/{name}").configuring().decide(close(9))
