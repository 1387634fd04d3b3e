"""Whatever is wrong with a scenario is told with its path and reason, in bounded work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.app.cli.texts import catalogue, say
from deskledger.app.public_holidays import countries
from deskledger.domain.sla.faults import FAULTS_MAX, Fault, Faulty
from deskledger.domain.sla.scenario.checking import check_scenario
from deskledger.domain.sla.scenario.reading import read_scenario
from tests.sla.examples import POLICY, clock, document
from tests.sla.wrong_files import C0, T0, TARGET, WRONG, W, changed, within


def faults(data: bytes) -> list[Fault]:
    """What is wrong with a file; nothing where it is a valid scenario."""
    try:
        check_scenario(read_scenario(data, countries()))
    except Faulty as refused:
        return refused.faults
    return []


PARTY_FAULTS = ("unknown", "unknown_like", "gone")
IDS = [f"{code}-{place}" for place, (code, _, _) in enumerate(WRONG)]


@pytest.mark.parametrize(("code", "path", "data"), WRONG, ids=IDS)
def test_a_fault_is_told_with_its_path_and_reason(code: str, path: str, data: bytes) -> None:
    assert [(fault.code, fault.path) for fault in faults(data)] == [(code, path)]


def test_the_example_that_is_changed_is_valid() -> None:
    assert faults(json.dumps(document(clock(state="running"))).encode()) == []


def test_every_sentence_is_told_by_a_fault_and_every_fault_has_one() -> None:
    told = {code for code, _, _ in WRONG} | {"unreadable", "invalid", "more_faults"}
    # Of agents and groups only a desk knows, which no scenario has: test_policy_parties.
    told |= {f"{noun}_{what}" for noun in ("agent", "group") for what in PARTY_FAULTS}
    assert told == {name[6:] for name in catalogue() if name.startswith("fault.")}


@pytest.mark.parametrize(("code", "path", "data"), WRONG, ids=IDS)
def test_a_fault_has_all_facts_that_its_sentences_name(code: str, path: str, data: bytes) -> None:
    fault = faults(data)[0]
    for language in ("en", "zh"):
        assert "{" not in say(language, f"fault.{code}", **fault.facts).replace(path, "")


def test_the_nearest_valid_name_is_told() -> None:
    facts = faults(changed(f"{TARGET}.metric", "first_reponse"))[0].facts
    assert facts["near"] == "first_response"
    assert "resolution" in facts["choices"]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    broken = json.loads(changed(f"{TARGET}.grace", 1))
    broken["policies"][0]["targets"][0]["within"] = "P1W"
    broken["calendars"]["office"]["zone"] = "Moon/Base"
    broken["timeline"][0]["at"] = "noon"
    broken["expect"][0]["state"] = "late"
    paths = {fault.path for fault in faults(json.dumps(broken).encode())}
    assert paths == {
        f"{C0}.zone",
        W,
        f"{T0}.grace",
        "$.timeline[0].at",
        "$.expect[0].state",
    }


def test_a_million_marks_are_refused_as_too_many() -> None:
    marks = b"[" + b",".join([b"{}"] * 1_000_000) + b"]"
    data = changed(f"{TARGET}.marks", "MARKS").replace(b'"MARKS"', marks)
    assert [fault.code for fault in faults(data)] == ["too_many_values"]
    fewer = data.replace(marks, b"[" + b",".join([b"{}"] * 100_000) + b"]")
    assert [fault.code for fault in faults(fewer)] == ["too_many"]


def test_of_many_faults_the_first_are_told_and_that_there_are_more() -> None:
    holidays = changed("calendars.office.holidays", ["someday"] * 9_000)
    of_policies = changed("policies", [POLICY | {"calendar": f"night {n}"} for n in range(900)])
    for data, last in ((holidays, "holidays[199]"), (of_policies, "policies[199].calendar")):
        found = faults(data)
        assert len(found) == FAULTS_MAX + 1
        assert found[-2].path.endswith(last)
        assert (found[-1].path, found[-1].code) == ("$", "more_faults")
        assert str(FAULTS_MAX) in say("en", "fault.more_faults", **found[-1].facts)


def test_only_names_that_may_be_a_slip_are_compared_with_valid_ones() -> None:
    slip = faults(changed("policies.0.calendar", "offfice"))[0]
    assert (slip.code, slip.facts["near"]) == ("calendar_unknown_like", "office")
    assert faults(changed("policies.0.calendar", "office" * 20))[0].code == "calendar_unknown"


names = st.text(max_size=5)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
PLACES = ("calendars", "calendars.office", "calendars.office.weekly", "calendars.office.zone",
    "calendars.office.workdays", "policies", "policies.0", "policies.0.when", TARGET, "expect",
    f"{TARGET}.within", f"{TARGET}.marks", "timeline", "timeline.0", "timeline.0.at", "expect.0",
    "expect.0.at", "expect.0.time_in", "id", "note")  # fmt: skip


@given(st.sampled_from(PLACES), values)
def test_no_value_in_any_place_is_worse_than_a_fault(place: str, value: Any) -> None:
    for fault in faults(changed(place, value)):
        assert fault.path.startswith("$")
        assert say("en", f"fault.{fault.code}", **fault.facts)


@given(st.binary(max_size=60))
def test_no_bytes_are_worse_than_a_fault(data: bytes) -> None:
    assert faults(data)


def test_absurd_but_valid_numbers_are_read_in_bounded_work() -> None:
    longest: Callable[[str], bytes] = within
    assert faults(longest("P3650D")) == []
    assert faults(longest("PT87600H")) == []
    assert faults(longest("PT" + "0" * 20 + "1H")) == []
