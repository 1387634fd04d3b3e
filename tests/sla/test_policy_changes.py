"""Differences of service levels: told by the names that people gave, wherever things stand."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.app.service_policy import next_document
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.configuration.service_policy_changes import Difference, differences
from deskledger.domain.sla.policy_file import PolicyFile
from tests.sla.build import OFFICE
from tests.sla.histories import LATE, policies

MARKS: list[dict[str, Any]] = [
    {"name": "warn", "offset": "-PT15M"},
    {"name": "half", "percent": 50},
]
TARGET: dict[str, Any] = {"metric": "resolution", "within": "PT8H", "marks": MARKS}
GOLD: dict[str, Any] = {
    "name": "gold",
    "when": {"tier": ["gold"]},
    "calendar": "office",
    "targets": [TARGET],
}
ALL = {"name": "all", "calendar": "office", "targets": []}
PLACE = ("policies", "gold", "targets", "resolution")
WHOLE: dict[str, Any] = {"calendars": {"office": OFFICE}, "policies": [GOLD, ALL]}


def published(stated: dict[str, Any], reach: str = "new") -> ServicePolicy:
    made = next_document(PolicyFile.model_validate(stated), None, reach)
    return ServicePolicy.model_validate(made)


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    return differences(published(before), published(after))


def changed(**stated: Any) -> dict[str, Any]:
    return copy.deepcopy(WHOLE) | stated


def test_a_changed_target_is_named_by_policy_and_metric() -> None:
    longer = {**GOLD, "targets": [{**TARGET, "within": "PT16H"}]}
    assert between(WHOLE, changed(policies=[longer, ALL])) == [
        Difference((*PLACE, "within"), "changed", "PT8H", "PT16H")
    ]


def test_what_stands_elsewhere_is_only_an_order() -> None:
    assert between(WHOLE, changed(policies=[ALL, GOLD])) == [
        Difference(("policies",), "order", ["gold", "all"], ["all", "gold"])
    ]
    target = {**TARGET, "marks": MARKS[::-1]}
    assert between(WHOLE, changed(policies=[{**GOLD, "targets": [target]}, ALL])) == []


def test_a_policy_put_in_between_moves_none_of_the_others() -> None:
    silver = {**ALL, "name": "silver", "when": {"tier": ["silver"]}}
    (added,) = between(WHOLE, changed(policies=[GOLD, silver, ALL]))
    assert (added.place, added.change) == (("policies", "silver"), "added")


def test_hours_holidays_and_marks_have_their_own_names() -> None:
    office = {**OFFICE, "holidays": ["2026-12-24"], "weekly": {"mon": ["09:00-12:00"]}}
    found = between(WHOLE, changed(calendars={"office": office, "late": LATE}))
    places = {one.place for one in found}
    assert ("calendars", "office", "weekly", "mon") in places
    assert ("calendars", "office", "holidays") in places
    assert ("calendars", "late") in places
    target = {**TARGET, "marks": [{**MARKS[0], "offset": "-PT30M"}]}
    marks = between(WHOLE, changed(policies=[{**GOLD, "targets": [target]}, ALL]))
    within = (*PLACE, "marks")
    assert [(one.place, one.change) for one in marks] == [
        ((*within, "warn", "offset"), "changed"),
        ((*within, "half"), "dropped"),
    ]


def test_policies_of_one_name_are_told_apart() -> None:
    twice = [GOLD, {**GOLD, "calendar": "always"}]
    (one,) = between(changed(policies=[GOLD, GOLD]), changed(policies=twice))
    assert one.place == ("policies", "gold #2", "calendar")


def test_against_nothing_everything_is_added() -> None:
    found = differences(None, published(WHOLE))
    assert {one.change for one in found} == {"added"}
    assert {one.place for one in found} >= {("calendars", "office"), ("policies", "gold")}


def test_a_longer_list_of_holidays_differs_in_its_days_and_how_far_they_are_settled() -> None:
    calendar = {**OFFICE, "public_holidays": "CN"}
    document = published(changed(calendars={"office": calendar})).written()
    known = document["public_days"]["CN"]["known_until"]
    longer = copy.deepcopy(document)
    longer["public_days"]["CN"]["known_until"] = "2035-12-31"
    longer["public_days"]["CN"]["holidays"].append("2035-10-01")
    before, after = map(ServicePolicy.model_validate, (document, longer))
    settled, holidays = differences(before, after)
    assert (settled.place[-1], settled.before) == ("known_until", known)
    assert (holidays.place[-1], holidays.change) == ("holidays", "changed")


@given(policies(), policies(), st.sampled_from(["new", "open"]))
def test_only_equal_documents_have_no_differences(first: Any, second: Any, reach: str) -> None:
    calendars = {"office": OFFICE, "late": LATE}
    before = published({"calendars": calendars, "policies": first})
    after = published({"calendars": calendars, "policies": second}, reach)
    assert (differences(before, after) == []) == (before.written() == after.written())
    assert differences(after, after) == []
