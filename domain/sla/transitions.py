"""What befalls one clock when other terms apply, when its ticket is solved, and when reopened."""

from __future__ import annotations

from collections.abc import Sequence

from deskledger.domain.sla.clock import Clock, Phase, Span
from deskledger.domain.sla.terms import Terms


def rejudge(clock: Clock, terms: Terms | None, at: int, spans: Sequence[Span]) -> None:
    """Let the terms that apply from `at` on judge a clock that no solve has stopped.

    A breach is final, whatever applies after it. Without terms the clock ends, and it revives when
    some apply again; what it had carried is then forgotten. Equal terms are no change.

    Raises:
        TimeNotFound: there is no due time within a hundred years.
    """
    clock.look(at)
    if clock.phase is Phase.FINAL or clock.noticed is not None:
        return
    if terms is None:
        if clock.phase is Phase.LIVE and clock.terms is not None:
            clock.stop(at, Phase.LOST, fulfilled=False)
    elif clock.terms is None or clock.phase is Phase.LOST:
        clock.judge(terms, at, spans)
    elif clock.terms != terms:
        if terms.carries:
            clock.carry(terms, at, stands=spans[-1].status in terms.pauses)
        else:
            clock.judge(terms, at, spans)


def fulfil(clock: Clock, at: int) -> None:
    """What the clock waits for has happened; one that has ended stays so, for good."""
    if clock.phase is Phase.LOST:
        clock.phase = Phase.FINAL
    elif clock.phase is Phase.LIVE:
        clock.stop(at, Phase.FINAL, fulfilled=True)


def solve(clock: Clock, at: int, *, fulfils: bool) -> None:
    """The ticket is solved: stop the clock, unless its terms keep it.

    One that nothing ever judged is over for good, also after a reopening.
    """
    if clock.phase is Phase.LOST:
        clock.phase = Phase.FINAL if fulfils else Phase.LOST
    elif clock.phase is not Phase.LIVE:
        return
    elif clock.terms is None:
        clock.phase = Phase.FINAL
    elif fulfils or not clock.terms.keeps:
        clock.stop(at, Phase.SOLVED, fulfilled=fulfils)
