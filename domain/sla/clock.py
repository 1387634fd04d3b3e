"""One clock: how much working time it has counted, when it is due, and how it ended.

A clock counts from its start; it stands still in pauses and in solved spans that do not count. It
holds only what happened: what it shows at an instant is worked out by `views`. Replaying a ticket's
statuses through the same methods gives what a clock would be, had other terms judged it from its
start; so recomputing and living through a history cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from deskledger.domain.sla.calendar import Calendar, TimeNotFound
from deskledger.domain.sla.terms import Terms


class Phase(Enum):
    """What may still happen to a clock.

    LIVE: it counts, stands still, or waits for its first terms. SOLVED: a solve stopped it, and a
    reopening decides. LOST: no terms apply any more; it revives when some do. FINAL: nothing.
    """

    LIVE = "live"
    SOLVED = "solved"
    LOST = "lost"
    FINAL = "final"


class Span(NamedTuple):
    """A stretch of a ticket's life in one status; `until` is None for the present one."""

    since: int
    until: int | None
    status: str


class Run(NamedTuple):
    """A stretch in which a clock counted.

    Attributes:
        before: used until it began.
        after: used until it ended.
        due: when the clock was due meanwhile.
        calendar: whose hours were counted.
    """

    begin: int
    end: int
    before: int
    after: int
    due: int | None
    calendar: Calendar


class Clock:
    """One occurrence of what a metric measures, with or without terms that judge it.

    Attributes:
        metric: what it measures.
        instance: its number among the occurrences of the metric, from 1.
        start: when it began.
        terms: what judges it, or judged it last; None where nothing ever did.
        began: when the terms began to apply.
        due: while it counts, when it is due; while it stands still, when it was to be due; None
            only for one stopped in a pause after which no due time can be found.
        length: of the target in working time.
        stopped: when it stopped.
        fulfilled: whether it stopped because what it waits for happened.
        noticed: when its breach was noticed; None without a breach that lies in the past.
        counts_since: since when it counts, or did so last.
    """

    __slots__ = (
        "_decided", "_runs", "_used", "began", "counts_since", "due", "fulfilled", "instance",
        "length", "metric", "noticed", "phase", "standing", "start", "stopped", "terms",
    )  # fmt: skip

    def __init__(self, metric: str, instance: int, start: int) -> None:
        self.metric = metric
        self.instance = instance
        self.start = self.began = self.counts_since = start
        self.phase = Phase.LIVE
        self.terms: Terms | None = None
        self.due: int | None = None
        self.length = 0
        self.stopped: int | None = None
        self.standing: int | None = None
        self.fulfilled = False
        self.noticed: int | None = None
        self._used = 0
        self._runs: list[Run] = []
        self._decided: list[tuple[int, int, bool]] = []

    def copied(self) -> Clock:
        """The same clock, to be taken further while this one stays as it is."""
        made = Clock(self.metric, self.instance, self.start)
        made.began, made.phase, made.terms = self.began, self.phase, self.terms
        made.due, made.length, made.fulfilled = self.due, self.length, self.fulfilled
        made.stopped, made.standing, made.noticed = self.stopped, self.standing, self.noticed
        made.counts_since, made._used = self.counts_since, self._used
        made._runs, made._decided = [*self._runs], [*self._decided]
        return made

    def judge(self, terms: Terms, at: int, spans: Iterable[Span]) -> None:
        """Let terms judge the clock from its start, as if they always had, beginning at `at`.

        Args:
            terms: what judges it from now on.
            at: when they begin to apply: a breach before that is noticed then.
            spans: the ticket's statuses up to `at`, in order; none for a clock that starts now.

        Raises:
            TimeNotFound: there is no due time within a hundred years.
        """
        start, self.phase, self.terms, self.began = self.start, Phase.LIVE, terms, at
        self.stopped = self.standing = self.noticed = None
        self.due, self.length = terms.due_and_length(start)
        self.counts_since, self._used, self._runs = start, 0, []
        for span in spans:
            if span.until is None or span.until > start:
                counts = self._counts(span.since)
                stands = span.status in terms.pauses if counts is None else not counts
                self.stand(stands, max(span.since, start))
        self.look(at)

    def carry(self, terms: Terms, at: int, *, stands: bool) -> None:
        """Let terms judge what is left: what was used stays, the rest runs in their calendar.

        Raises:
            TimeNotFound: there is no due time within a hundred years.
        """
        if self.standing is None:
            self._pause(at)
        pivot = at if self.standing is None else self.standing
        self.terms, self.began, self.length = terms, at, terms.within.micros
        left = self.length - self._used
        self.due = terms.calendar.after(pivot, left) if left > 0 else self.reached(self.length)
        self._breach_before(pivot)
        self.stand(stands, at)

    def look(self, at: int) -> None:
        """Note a breach that has happened before `at`; at its due time itself a clock runs."""
        if self.standing is None and self.stopped is None:
            self._breach_before(at)

    def stand(self, stands: bool, at: int) -> None:  # noqa: FBT001 - it is what the clock is to do
        """Let the clock stand still, or count, from `at` on; nothing where it does already."""
        if stands and self.standing is None:
            self.look(at)
            self._pause(at)
        elif not stands and self.standing is not None:
            self.due = self._due_after(self.standing, at)
            self.standing, self.counts_since = None, at

    def stop(self, at: int, phase: Phase, *, fulfilled: bool) -> None:
        """Stop the clock; stopped in a pause, it keeps what would have been due on resuming."""
        self.look(at)
        self.phase = phase
        if self.terms is None:
            return
        if self.standing is not None:
            self.due = self.due_if_resumed(at)
            self.standing = at
        self.stopped, self.fulfilled = at, fulfilled

    def resume(self, at: int, *, counts: bool, stands: bool) -> None:
        """Let the clock that a solve stopped go on; whether the solved span counts is stated.

        Raises:
            TimeNotFound: there is no due time within a hundred years.
        """
        assert self.stopped is not None, "only a stopped clock goes on"
        stopped, self.stopped, self.fulfilled, self.phase = self.stopped, None, False, Phase.LIVE
        self.decide(stopped, at, counts=counts)
        self.stand(not counts, stopped)
        self.stand(stands, at)
        self.look(at)

    def decide(self, since: int, until: int, *, counts: bool) -> None:
        """Say whether a solved span counts, also in what is recomputed later."""
        self._decided.append((since, until, counts))

    def used(self, at: int) -> int:
        """Working time counted until `at`, or until it stopped or stood still."""
        if self.standing is not None or self.terms is None:
            return self._used
        end = at if self.stopped is None else self.stopped
        return self._used + self.terms.calendar.worked(self.counts_since, end)

    def used_by(self, at: int) -> int:
        """Working time counted until an instant that may lie before its latest pause."""
        for run in self._runs:
            if at <= run.end:
                return min(run.after, run.before + run.calendar.worked(run.begin, at))
        return self._used if at <= self.counts_since else self.used(at)

    def runs(self, at: int) -> list[Run]:
        """The stretches in which it counted until `at`; what they added is what was used."""
        if self.standing is not None or self.terms is None:
            return list(self._runs)
        end, used = at if self.stopped is None else self.stopped, self.used(at)
        last = Run(self.counts_since, end, self._used, used, self.due, self.terms.calendar)
        return [*self._runs, last]

    def due_if_resumed(self, at: int) -> int | None:
        """When the clock that stands still would be due if it counted again from `at` on."""
        try:
            return None if self.standing is None else self._due_after(self.standing, at)
        except TimeNotFound:
            return None

    def reached(self, amount: int) -> int | None:
        """The instant at which the used time reached an amount, or will; None in a pause before.

        Raises:
            TimeNotFound: there is no such time within a hundred years.
        """
        for run in self._runs:
            if run.after >= amount:
                return run.calendar.after(run.begin, amount - run.before)
        if self.standing is not None or self.terms is None:
            return None
        return self.terms.calendar.after(self.counts_since, amount - self._used)

    def _pause(self, at: int) -> None:
        used = self.used(at)
        assert self.terms is not None, "only a clock with terms stands still"
        run = Run(self.counts_since, at, self._used, used, self.due, self.terms.calendar)
        self._runs.append(run)
        self._used, self.standing = used, at

    def _due_after(self, since: int, until: int) -> int | None:
        """The due time after a pause: later by its working time, and never within the pause."""
        if self.noticed is not None:
            return self.due
        if self.due is None or self.terms is None:
            raise TimeNotFound
        calendar = self.terms.calendar
        return max(until, calendar.after(self.due, calendar.worked(since, until)))

    def _breach_before(self, at: int) -> None:
        if self.noticed is None and self.due is not None and self.due < at:
            self.noticed = max(self.due, self.began)

    def _counts(self, since: int) -> bool | None:
        """Whether a solved span counts; None where no reopening decided that."""
        return next((counts for start, end, counts in self._decided if start <= since < end), None)
