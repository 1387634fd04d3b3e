"""The story: the same from the same seed, in order of time, and with all that a desk knows."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deskledger.app.demo.plan import ZONE, Plan
from deskledger.app.demo.scribe import Step
from deskledger.domain.customer.commands import AddIdentity, RegisterCustomer
from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.errors import InvalidInput
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.identity import identity_stream, normal_address
from tests.demo.telling import KEYS, SMALL, told

PLAN = Plan(seed=7, tickets=500)


@pytest.fixture(scope="module")
def story() -> list[Step]:
    return told(PLAN)


def openings(story: list[Step]) -> Iterator[tuple[Step, OpenTicket]]:
    for step in story:
        if isinstance(step.command, Together) and isinstance(step.command.parts[0], OpenTicket):
            yield step, step.command.parts[0]


def test_the_same_seed_tells_the_same_story() -> None:
    assert told(SMALL) == told(SMALL)


def test_another_seed_tells_another_story() -> None:
    other = Plan(seed=8, tickets=SMALL.tickets)
    first, second = told(SMALL), told(other)
    assert [step.at for step in first] != [step.at for step in second]
    assert {step.request.command_id for step in first}.isdisjoint(
        step.request.command_id for step in second
    )


def test_time_only_moves_forward_and_stays_inside_the_story(story: list[Step]) -> None:
    assert all(before.at < after.at for before, after in pairwise(story))
    assert story[0].at >= PLAN.founded_at
    assert story[-1].at <= PLAN.ends_at + timedelta(seconds=1)


def test_the_end_is_a_date_of_the_plan_and_not_of_the_clock() -> None:
    assert PLAN.ends_at.astimezone(ZoneInfo(ZONE)).isoformat() == "2026-11-21T10:15:00+08:00"
    assert PLAN.begins_at.astimezone(ZoneInfo(ZONE)).isoformat() == "2026-10-12T00:00:00+08:00"


def test_as_many_tickets_begin_as_were_asked_for_and_few_more(story: list[Step]) -> None:
    assert PLAN.tickets <= len(list(openings(story))) <= PLAN.tickets * 1.1


def test_no_two_commands_have_the_same_id(story: list[Step]) -> None:
    assert len({step.request.command_id for step in story}) == len(story)


def test_the_faulty_batch_brings_more_tickets_than_any_other_days(story: list[Step]) -> None:
    days = Counter(step.at.astimezone(ZoneInfo(ZONE)).date() for step, _ in openings(story))
    peak = (PLAN.begins_at + timedelta(weeks=3, days=1, hours=12)).astimezone(ZoneInfo(ZONE))
    assert days.most_common(1)[0][0] == peak.date()
    subjects = [opened.subject or "" for step, opened in openings(story) if step.at >= peak]
    assert sum("E07" in subject for subject in subjects) > len(subjects) / 10


def test_most_contacts_come_by_day_and_some_at_night_and_on_sundays(story: list[Step]) -> None:
    came = [step.at.astimezone(ZoneInfo(ZONE)) for step, _ in openings(story)]
    night = sum(at.hour < 6 for at in came)
    assert 0 < night < len(came) / 20
    sundays = sum(at.weekday() == 6 for at in came)
    assert 0 < sundays < len(came) / 10


def test_agents_work_from_monday_to_saturday_by_day(story: list[Step]) -> None:
    acted = [
        step.at.astimezone(ZoneInfo(ZONE))
        for step in story
        if step.request.actor.kind == "agent" and step.at >= PLAN.begins_at
    ]
    # Who has begun a visit at the end of a shift finishes it.
    at_work = sum(8 <= at.hour < 22 and at.weekday() < 6 for at in acted)
    assert at_work > len(acted) * 0.99


def test_every_address_is_in_its_normal_spelling(story: list[Step]) -> None:
    added: list[IdentityAdded | AddIdentity] = []
    for step in story:
        if isinstance(step.command, RegisterCustomer):
            added += step.command.identities
        elif isinstance(step.command, AddIdentity):
            added.append(step.command)
    for one in added:
        assert isinstance(one.address, str)
        assert normal_address(one.channel, one.address) == one.address
        stream = identity_stream(KEYS.identity, one.channel, one.address)
        assert stream == f"identity/{one.identity}"
    assert len({one.address for one in added}) == len(added)


@pytest.mark.parametrize("weeks", [1, 2, 5])
def test_a_shorter_story_has_its_peak_in_its_last_week_or_the_fourth(weeks: int) -> None:
    plan = Plan(seed=3, tickets=40, weeks=weeks)
    story = told(plan)
    assert plan.begins_at <= plan.begins_at + timedelta(microseconds=plan.bursts_at) < plan.ends_at
    assert any("E07" in (opened.subject or "") for _, opened in openings(story))


@pytest.mark.parametrize(
    "sizes",
    [
        {"seed": -1},
        {"seed": 2**63},
        {"seed": 1, "tickets": 0},
        {"seed": 1, "tickets": 1_000_001},
        {"seed": 1, "weeks": 0},
        {"seed": 1, "weeks": 27},
        {"seed": 1, "ends_on": PLAN.ends_on + timedelta(days=1)},
    ],
)
def test_a_plan_that_makes_no_story_is_refused(sizes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Plan(**sizes)


def test_a_story_may_have_a_single_ticket() -> None:
    assert len(list(openings(told(Plan(seed=2, tickets=1))))) >= 1
