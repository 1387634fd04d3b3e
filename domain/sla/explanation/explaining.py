"""From a ticket's history to the explanation of its clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.explanation.account import Account, ending
from deskledger.domain.sla.explanation.lines import Explanation
from deskledger.domain.sla.explanation.story import Followed, Story
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.sla.views import view

Wanted = Callable[[str, int], bool]
"""Whether the clock of a metric and an instance is to be explained."""


def explain(
    history: Sequence[Step], rules: Rules, now: int, wanted: Wanted = lambda *_: True
) -> list[Explanation]:
    """Why the clocks of a ticket show what they show at `now`, in the order in which they began.

    The working time that the lines of a clock add is exactly what it has used.

    Args:
        history: the ticket's steps and the publications of rules, in log order; the lines name
            them by their index.
        rules: in force before the first publication of the history.
        now: an instant in microseconds since 1970; later steps are left out.
        wanted: which clocks; those that no policy ever judged are left out anyway.

    Raises:
        TimeNotFound: a clock would have no due time within a hundred years.
    """
    story = Story(rules)
    for number, step in sorted(enumerate(history), key=lambda one: one[1].at):
        if step.at <= now:
            story.take(step, number)
    names = _names([rules, *(one.publication.rules for one in history if one.publication)])
    account = Account(story.ticket.spans, story.entered, names, now)
    followed = (one for one in story.followed if wanted(one.clock.metric, one.clock.instance))
    return [told for one in followed for told in _told(one, account, now)]


def _told(one: Followed, account: Account, now: int) -> Iterator[Explanation]:
    clock, match = one.clock, one.match
    seen = view(clock, now)
    target = None if match is None else match.target(clock.metric)
    if seen is None or clock.terms is None or match is None or target is None:
        return
    hours = clock.terms.hours
    known_until = None if hours.public is None else hours.public.known_until
    lines = (*one.lines, *account.of(clock), *ending(clock.terms, seen, now))
    yield Explanation(seen, match, target, hours.zone, known_until, lines)


def _names(published: Sequence[Rules]) -> dict[Calendar, str]:
    """The names of calendars; one that stands in several publications has the latest."""
    return {calendar: name for rules in published for name, calendar in rules.calendars.items()}
