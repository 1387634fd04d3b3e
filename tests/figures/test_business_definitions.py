"""Which calendar counts which day, by examples. Noon is that of Monday, 2 March 2026."""

from pathlib import Path
from typing import Any

import pytest

from tests.figures.publications import desk_with, levels_with
from tests.figures.told import (
    ANN,
    AS_ANN,
    BOB,
    MINUTE,
    Told,
    counted,
    given,
    opened,
    replied,
    status,
    tell,
)

HOUR = 60
NINE_TO_FIVE = {"weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "wed": ["09:00-17:00"]}}
MORNINGS = {"weekly": {"mon": ["09:00-12:00"], "tue": ["09:00-12:00"], "wed": ["09:00-12:00"]}}
OFFICE_FROM_THE_START = {
    "desk": [desk_with("office", version=2, hours=-48)],
    "service-policy/default": [levels_with(NINE_TO_FIVE, version=1, hours=-48)],
}


def solved(hours: float) -> list[Told]:
    """Opened at noon, answered an hour later, and solved so many hours after noon."""
    end = status("TicketSolved", hours * HOUR, "new", "solved", solver=ANN)
    return [(AS_ANN, [opened(), replied(HOUR)]), (AS_ANN, [end])]


def hours(directory: Path, others: dict[str, Any], figure: str, until: float) -> float | None:
    with tell(directory, solved(until), others=others) as store:
        found = counted(store).get(f"business_{figure}")
    return None if found is None else found.sum / (HOUR * MINUTE)


@pytest.mark.parametrize(("until", "worked"), [(1, 1), (5, 5), (20, 5), (22, 6), (48, 16)])
def test_only_the_hours_of_the_calendar_count(tmp_path: Path, until: float, worked: float) -> None:
    assert hours(tmp_path, OFFICE_FROM_THE_START, "resolution_time", until) == worked


def test_every_second_counts_by_the_calendar_that_is_always_there(tmp_path: Path) -> None:
    others = {"desk": [desk_with("always", version=2)]}
    assert hours(tmp_path, others, "resolution_time", 30) == 30


def test_steps_and_statuses_are_measured_by_the_same_calendar(tmp_path: Path) -> None:
    with tell(tmp_path, solved(22), others=OFFICE_FROM_THE_START) as store:
        found = counted(store)
    names = ("time_to_assignment", "time_to_response", "time_to_solution")
    assert [found[f"business_{name}"].sum // MINUTE for name in names] == [6 * HOUR, 0, 0]
    assert found["business_time_new"].sum == 6 * HOUR * MINUTE
    assert found["business_first_response_time"].sum == HOUR * MINUTE
    assert found["business_handling_time"].sum == 0


def test_each_agent_has_the_business_time_of_their_part_of_the_handling(tmp_path: Path) -> None:
    taken = [
        given(HOUR, (None, None), ("one", ANN)),
        status("TicketActivated", HOUR, "new", "open"),
    ]
    handed = [given(5 * HOUR + 30, ("one", ANN), ("one", BOB))]
    end = [status("TicketSolved", 22 * HOUR, "open", "solved", solver=BOB)]
    life = [(AS_ANN, [opened()]), (AS_ANN, taken), (AS_ANN, handed), (AS_ANN, end)]
    with (
        tell(tmp_path, life, others=OFFICE_FROM_THE_START) as store,
        store.reading() as connection,
    ):
        query = "SELECT agent_id, amount FROM business_share"
        shares = dict(connection.execute(query).fetchall())
        whole = counted(store)["business_handling_time"].sum
    # One in the afternoon to five, and the first hour of the next day.
    assert shares == {ANN: 4 * HOUR * MINUTE, BOB: HOUR * MINUTE}
    assert whole == sum(shares.values())


def test_a_calendar_holds_from_the_day_after_its_publication_on(tmp_path: Path) -> None:
    shorter = levels_with(MORNINGS, version=2, hours=2)
    levels = [*OFFICE_FROM_THE_START["service-policy/default"], shorter]
    others = {**OFFICE_FROM_THE_START, "service-policy/default": levels}
    # Monday until five, Tuesday and Wednesday until noon.
    assert hours(tmp_path, others, "resolution_time", 48) == 5 + 3 + 3


def test_days_before_the_first_calendar_are_counted_by_it(tmp_path: Path) -> None:
    others = {
        "desk": [desk_with("office", version=2, hours=900)],
        "service-policy/default": [levels_with(NINE_TO_FIVE, version=1, hours=1_000)],
    }
    assert hours(tmp_path, others, "resolution_time", 22) == 6


@pytest.mark.parametrize("name", [None, "gone"])
def test_what_ends_after_the_last_calendar_has_no_business_time(
    tmp_path: Path, name: str | None
) -> None:
    desk = [*OFFICE_FROM_THE_START["desk"], desk_with(name, version=3, hours=1)]
    others = {**OFFICE_FROM_THE_START, "desk": desk}
    assert hours(tmp_path, others, "resolution_time", 5) == 5
    (tmp_path / "later").mkdir()
    assert hours(tmp_path / "later", others, "resolution_time", 22) is None


def test_what_ends_where_holidays_are_not_known_yet_is_provisional(tmp_path: Path) -> None:
    chinese = {**NINE_TO_FIVE, "public_holidays": "CN"}
    levels = [levels_with(chinese, version=1, hours=-48)]
    others = {**OFFICE_FROM_THE_START, "service-policy/default": levels}
    for until, provisional in ((30, False), (36, True)):
        directory = tmp_path / str(until)
        directory.mkdir()
        with tell(directory, solved(until), others=others) as store:
            found = counted(store)["business_resolution_time"]
        # Tuesday is a holiday.
        assert (found.sum, found.provisional) == (5 * HOUR * MINUTE, provisional)
