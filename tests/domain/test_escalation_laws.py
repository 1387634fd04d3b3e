"""Laws of escalation, whatever the order in which marks are followed, and however often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.errors import CommandRefused
from deskledger.domain.ticket.escalation import EscalateTicket, TicketEscalated
from deskledger.domain.ticket.events import TicketAssigned
from tests.domain.marks import AS_POLICY, METRICS, escalate, paused, reached, running, stopped
from tests.domain.stories import ANN, AS_ANN, BOB, Story

LEVEL_MAX = 4
DOES: dict[str, Any] = {"agents": (BOB, ANN), "tags": ("late",), "priority": "urgent"}


class Act(NamedTuple):
    """Something that happens to a ticket: a mark comes, is followed, or a clock is paused …"""

    kind: str
    metric: str
    level: int


KINDS = ["reach", "reach", "follow", "follow", "follow", "hand", "pause", "stop"]
ACTS = st.lists(
    st.builds(Act, st.sampled_from(KINDS), st.sampled_from(METRICS), st.integers(1, LEVEL_MAX)),
    max_size=30,
)
Commit = list[Any]


def lived(story: Story, acts: Iterable[Act]) -> tuple[Story, list[Commit]]:
    """What came of it: the ticket, and the events of each escalation that was accepted."""
    commits: list[Commit] = []
    for act in acts:
        story = story.after(1)
        match act.kind:
            case "reach":
                story = reached(story, act.level, metric=act.metric)
            case "pause":
                story = paused(story, act.metric)
            case "stop":
                story = stopped(story, act.metric)
            case _:
                story, events = escalated(story, act)
                commits.append(events)
    return story, [commit for commit in commits if commit]


def escalated(story: Story, act: Act) -> tuple[Story, Commit]:
    by_hand = act.kind == "hand"
    actor = AS_ANN if by_hand else AS_POLICY
    asked = escalate(act.level, metric=act.metric, **DOES)
    try:
        events = story.by(actor).decide(EscalateTicket(level=act.level) if by_hand else asked)
    except CommandRefused as refused:
        if refused.code != "clock_stopped":
            raise
        return story, []
    return story.told(*events), events


def ladders(commits: list[Commit]) -> dict[str | None, list[TicketEscalated]]:
    """The escalations of each clock, and under None those by hand, in their order."""
    found: dict[str | None, list[TicketEscalated]] = {}
    for event in (event for commit in commits for event in commit):
        if isinstance(event, TicketEscalated):
            clock = None if event.clock is None else event.clock.metric
            found.setdefault(clock, []).append(event)
    return found


@given(ACTS)
def test_levels_are_never_skipped_or_repeated(acts: list[Act]) -> None:
    story, commits = lived(running(), acts)
    found = ladders(commits)
    for clock, events in found.items():
        if clock is not None:
            assert [event.level.after for event in events] == list(range(1, len(events) + 1))
        for event in events:
            assert event.level.after == event.level.before + 1
        for before, after in pairwise(events):
            assert before.level.after < after.level.after
    every = [event.level.after for events in found.values() for event in events]
    assert story.state.escalation.level.present == max(every, default=0)


@given(ACTS)
def test_of_one_commit_only_the_highest_level_acts(acts: list[Act]) -> None:
    for commit in lived(running(), acts)[1]:
        *lower, highest = [one for one in commit if isinstance(one, TicketEscalated)]
        assert not any(one.acted for one in lower)
        assert highest.acted or len(commit) == len(lower) + 1


@given(ACTS)
def test_a_level_of_a_clock_hands_the_ticket_over_at_most_once(acts: list[Act]) -> None:
    handed: Counter[Any] = Counter()
    for commit in lived(running(), acts)[1]:
        (highest,) = [one for one in commit if isinstance(one, TicketEscalated)][-1:]
        key = (highest.clock and highest.clock.key, highest.level.after)
        handed[key] += sum(isinstance(one, TicketAssigned) for one in commit)
    assert set(handed.values()) <= {0, 1}


MARKS = [(metric, level) for metric in METRICS for level in (1, 2, 3)]


@given(st.lists(st.sampled_from(MARKS), min_size=6, max_size=12), st.permutations(MARKS))
def test_after_downtime_any_order_of_marks_ends_at_the_highest_which_alone_acts(
    repeated: list[tuple[str, int]], each: list[tuple[str, int]]
) -> None:
    story = running()
    for metric, level in MARKS:
        story = reached(story, level, metric=metric)
    follow = [Act("follow", metric, level) for metric, level in (*repeated, *each)]
    _, commits = lived(story, follow)
    for events in (ladders(commits)[metric] for metric in METRICS):
        assert [event.level.after for event in events] == [1, 2, 3]
        assert [event.acted for event in events] == [False, False, True]


@given(ACTS, st.data())
def test_following_each_mark_again_and_again_changes_nothing(
    acts: list[Act], data: st.DataObject
) -> None:
    """A process that crashed may ask again for what it had asked before."""
    once, _ = lived(running(), acts)
    followed = [act for act in acts if act.kind == "follow"]
    if followed:
        again = data.draw(st.lists(st.sampled_from(followed), max_size=8))
        done = {(metric, n) for (metric, _), line in once.state.escalation.clocks.items()
                for n in range(1, line.present + 1)}  # fmt: skip
        stale = [act for act in again if (act.metric, act.level) in done]
        assert lived(once, stale)[1] == []
