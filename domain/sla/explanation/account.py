"""How a clock's time was counted: its stretches, what lay between, and what that did to the due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.clock import Clock, Run, Span
from deskledger.domain.sla.durations import stated_text
from deskledger.domain.sla.explanation.days import days_of
from deskledger.domain.sla.explanation.lines import Line
from deskledger.domain.sla.terms import Terms
from deskledger.domain.sla.views import ClockView


class Account:
    """Tells how the clocks of one ticket have counted until an instant.

    Args:
        spans: the ticket's statuses.
        entered: the step that brought each of them.
        names: of the calendars.
        now: the instant.
    """

    def __init__(
        self,
        spans: Sequence[Span],
        entered: Sequence[int],
        names: Mapping[Calendar, str],
        now: int,
    ) -> None:
        self._spans = list(zip(spans, entered, strict=True))
        self._names = names
        self._now = now

    def of(self, clock: Clock) -> Iterator[Line]:
        """The stretches in which a clock counted, and what lay between them, in order of time."""
        runs = clock.runs(self._now)
        facts = {"due": runs[0].due, "calendar": self._names[runs[0].calendar]}
        yield Line("first_due", clock.start, facts=facts)
        for run, after in pairwise(runs):
            yield from self._counted(run)
            yield from self._between(run, after)
        yield from self._counted(runs[-1])
        if clock.standing is not None:
            due = clock.due_if_resumed(self._now) if clock.stopped is None else clock.due
            last = self._stood(runs[-1].end, clock.stopped, {"due_if_resumed": due})
            yield last._replace(kind="stands")

    def _counted(self, run: Run) -> Iterator[Line]:
        if run.begin < run.end:
            days = days_of(run.calendar, run.begin, run.end)
            facts = {"calendar": self._names[run.calendar]}
            used = run.after - run.before
            yield Line("counted", run.begin, run.end, used=used, facts=facts, days=days)

    def _between(self, run: Run, after: Run) -> Iterator[Line]:
        moved = {"due_before": run.due, "due": after.due}
        calendar = {"calendar": self._names[after.calendar]}
        if run.end < after.begin:
            working = after.calendar.worked(run.end, after.begin)
            facts = {"working": working, **calendar, **moved}
            yield self._stood(run.end, after.begin, facts)
        elif run.due != after.due or run.calendar is not after.calendar:
            yield Line("moved", after.begin, facts={**calendar, **moved})

    def _stood(self, since: int, until: int | None, facts: Mapping[str, object]) -> Line:
        end = self._now if until is None else until
        met = [
            (span.status, step)
            for span, step in self._spans
            if span.since < end and (span.until is None or span.until > since)
        ]
        statuses = tuple(dict.fromkeys(status for status, _ in met))
        step = met[0][1] if met else None
        return Line("stood", since, until, step=step, facts={"statuses": statuses, **facts})


def ending(terms: Terms, view: ClockView, now: int) -> Iterator[Line]:
    """A clock's breach, and its marks in the order of their times; those without one come last."""
    if view.state == "breached" and view.due is not None:
        yield Line("breached", view.due, facts={"due": view.due, "noticed_at": view.noticed_at})
    times = [(view.marks.get(one.name), one) for one in terms.reminders]
    for at, reminder in sorted(times, key=lambda one: (one[0] is None, one[0], one[1].name)):
        facts = {"mark": reminder.name, "mark_at": at}
        when = now if at is None else at
        if reminder.offset is not None:
            offset = {"offset": stated_text(reminder.offset)}
            yield Line("offset_mark", when, facts=facts | offset)
        elif reminder.share is not None:
            percent = {"percent": f"{float(reminder.share * 100):g}"}
            yield Line("percent_mark", when, facts=facts | percent)
