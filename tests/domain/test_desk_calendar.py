"""The desk's own calendar is one of its service levels' for as long as the desk names it."""

from __future__ import annotations

from typing import Any

import pytest

from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.configuration.documents import DESK
from deskledger.domain.configuration.events import Published, Withdrawn
from deskledger.domain.errors import InvalidInput
from tests.domain.stories import Story

OFFICE = {"zone": "UTC", "weekly": {"mon": ["09:00-17:00"]}}
NAMED = {"format": 2, "zone": "UTC", "calendar": "office"}


def levels(*names: str) -> Publish:
    calendars = dict.fromkeys(names, OFFICE)
    return Publish(document={"format": 1, "calendars": calendars, "policies": []})


def promised(*names: str) -> Story:
    return Story(stream="service-policy/default").configuring().when(levels(*names))


def desk(beside: Story | None = None) -> Story:
    story = Story(stream="desk").configuring()
    return story if beside is None else story.beside(levels=beside)


def refused(story: Story, command: Publish) -> tuple[tuple[str, str], ...]:
    with pytest.raises(InvalidInput) as wrong:
        story.decide(command)
    problems: tuple[tuple[str, str], ...] = wrong.value.facts["problems"]
    return problems


def test_a_desk_names_a_calendar_that_was_published() -> None:
    (event,) = desk(promised("office", "late")).then(Publish(document=NAMED), Published)
    assert event.document["calendar"] == "office"
    desk().then(Publish(document={**NAMED, "calendar": "always"}), Published)


@pytest.mark.parametrize(
    ("known", "nearest"), [(None, "always"), (("late",), "late"), (("offices", "late"), "offices")]
)
def test_a_calendar_that_there_is_not_is_refused_with_its_path_and_the_nearest(
    known: tuple[str, ...] | None, nearest: str
) -> None:
    beside = None if known is None else promised(*known)
    stated = {**NAMED, "calendar": "offic"}
    ((path, told),) = refused(desk(beside), Publish(document=stated))
    assert path == "$.calendar"
    assert told == f"offic is not defined under calendars; the nearest that is: {nearest}"


def test_service_levels_keep_the_calendar_that_the_desk_names() -> None:
    story = promised("office", "late")
    named = desk(story).when(Publish(document=NAMED))
    ((path, told),) = refused(story.beside(desk=named), levels("late"))
    assert path == "$.calendars"
    assert told.startswith("office is not defined")
    story.beside(desk=named).then(levels("office"), Published)
    unnamed = named.when(Publish(document={**NAMED, "calendar": None}))
    story.beside(desk=unnamed).then(levels("late"), Published)


def test_service_levels_with_the_calendar_that_the_desk_names_are_not_withdrawn() -> None:
    named = desk(promised("office")).when(Publish(document=NAMED))
    kept = promised("office").when(levels("office", "late")).beside(desk=named)
    kept.then(Withdraw(version=2), Withdrawn)
    alone = promised("office").beside(desk=named)
    alone.then_refused(Withdraw(version=1), "calendar_missing", calendar="office", version=1)
    late = promised("late").when(levels("office")).beside(desk=named)
    late.then_refused(Withdraw(version=2), "calendar_missing", calendar="office", version=2)
    # What is in force stays so.
    late.then(Withdraw(version=1), Withdrawn)
    # Both ways out.
    late.when(levels("office", "late")).then(Withdraw(version=2), Withdrawn)
    for calendar in ("always", None):
        other = named.when(Publish(document={**NAMED, "calendar": calendar}))
        late.beside(desk=other).then(Withdraw(version=2), Withdrawn)


def test_a_desk_is_not_withdrawn_for_one_whose_calendar_is_gone() -> None:
    named = desk(promised("office")).when(Publish(document=NAMED))
    unnamed = named.when(Publish(document={**NAMED, "calendar": None}))
    gone = unnamed.beside(levels=promised("late"))
    gone.then_refused(Withdraw(version=2), "calendar_missing", calendar="office", version=2)
    unnamed.then(Withdraw(version=2), Withdrawn)
    always = desk().when(Publish(document={**NAMED, "calendar": "always"}))
    always.when(Publish(document=NAMED | {"calendar": None})).then(Withdraw(version=2), Withdrawn)


@pytest.mark.parametrize("stated", ["P3D", "PT0S", "-PT1H", "three days", "P1DT2H", 72, ""])
def test_how_long_a_step_may_last_is_stated_in_hours_minutes_and_seconds(stated: Any) -> None:
    (one,) = DESK.faults({"format": 2, "zone": "UTC", "stuck_after": stated})
    assert one.path == "$.stuck_after"
    assert not DESK.faults({"format": 2, "zone": "UTC", "stuck_after": "PT72H30M"})
