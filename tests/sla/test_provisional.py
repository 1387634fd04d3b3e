"""Due times beyond a list of public holidays are provisional, and corrected when the list comes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.domain.configuration.policy_history import PolicyHistory
from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.calendar_document import CalendarDocument, Countries, compile_calendars
from deskledger.domain.sla.clocks import clocks
from deskledger.domain.sla.durations import DAY, HOUR
from deskledger.domain.sla.hours import PublicDays
from deskledger.domain.sla.instants import parse_day
from deskledger.domain.sla.policy import Policy
from deskledger.domain.sla.steps import Opening, Publication, Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.ticket.clock_events import ClockRescheduled, ClockStarted
from tests.cli.runs import Shell, made_desk
from tests.sla.build import instant
from tests.sla.live import BEFORE_ALL, Lived
from tests.sla.test_policy_dry_run import observe

ZONE = "Asia/Shanghai"
WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
CHINA = {"zone": ZONE, "weekly": WEEK, "public_holidays": "CN"}
P3D = {"metric": "resolution", "within": "P3D"}
POLICY = Policy.model_validate({"name": "p", "calendar": "cn", "targets": [P3D]})
# The list of 2026 as it was known, and that of 2027 with New Year and a Sunday worked for it.
SHORT = PublicDays("CN", "list 2026", parse_day("2026-12-31"), frozenset(), frozenset())
LONG = PublicDays(
    "CN",
    "list 2027",
    parse_day("2027-12-31"),
    frozenset(map(parse_day, ("2027-01-01", "2027-01-04"))),
    frozenset({parse_day("2027-01-03")}),
)
OPENED = instant("2026-12-30T10:00", ZONE)


def rules(days: PublicDays) -> Rules:
    countries = Countries(frozenset({"CN"}), lambda _: days)
    document = CalendarDocument.model_validate(CHINA)
    calendars, faults = compile_calendars({"cn": document}, countries)
    assert faults == []
    return Rules((POLICY,), calendars)


def calendar(days: PublicDays) -> Calendar:
    return rules(days).calendars["cn"]


def opening() -> Step:
    return Step(OPENED, opening=Opening("customer", None, {"tags": ()}))


def test_a_list_is_settled_to_the_end_of_its_last_local_day() -> None:
    known = calendar(SHORT)
    assert known.known(instant("2026-12-31T23:59", ZONE))
    assert not known.known(instant("2027-01-01T00:00", ZONE))
    assert calendar(LONG).known(instant("2027-12-31T23:59", ZONE))


@given(st.integers(-400 * DAY, 400 * DAY))
def test_a_running_clock_is_provisional_where_its_due_time_is_not_settled(shift: int) -> None:
    step = Step(OPENED + shift, opening=Opening("customer", None, {"tags": ()}))
    (seen,) = clocks([step], rules(SHORT), OPENED + shift)
    assert seen.due is not None
    assert seen.provisional is (seen.due >= instant("2027-01-01T00:00", ZONE))


def test_a_calendar_that_follows_no_country_is_always_settled() -> None:
    plain = Calendar(CalendarDocument.model_validate({"zone": ZONE, "weekly": WEEK}).hours(None))
    assert plain.known(instant("2199-01-01T00:00", ZONE))


def test_the_list_that_arrives_corrects_provisional_due_times_by_events() -> None:
    short, long = rules(SHORT), rules(LONG)
    published = Step(OPENED + HOUR, publication=Publication(long, reaches_open=True))
    first = Step(BEFORE_ALL, publication=Publication(short, reaches_open=False))
    ticket = Lived(PolicyHistory([first, published], [(short, 1), (long, 2)]))
    (started,) = ticket.take(opening(), now=OPENED)
    assert isinstance(started, ClockStarted)
    assert started.provisional
    assert ticket.recorded["resolution", 1].due == instant("2027-01-04T10:00", ZONE)
    (corrected,) = ticket.take(now=OPENED + 2 * HOUR)
    assert isinstance(corrected, ClockRescheduled)
    assert (corrected.reason, corrected.policy.version) == ("published", 2)
    assert not corrected.provisional
    assert ticket.recorded["resolution", 1].due == instant("2027-01-05T10:00", ZONE)
    assert corrected.before.due == started.due
    assert ticket.take(now=OPENED + 3 * HOUR) == []


def test_a_list_that_moves_nothing_still_settles_what_was_provisional() -> None:
    same = PublicDays("CN", "list 2027", LONG.known_until, frozenset(), frozenset())
    short, long = rules(SHORT), rules(same)
    published = Step(OPENED + HOUR, publication=Publication(long, reaches_open=True))
    first = Step(BEFORE_ALL, publication=Publication(short, reaches_open=False))
    ticket = Lived(PolicyHistory([first, published], [(short, 1), (long, 2)]))
    ticket.take(opening(), now=OPENED)
    before = ticket.recorded["resolution", 1]
    ticket.take(now=OPENED + 2 * HOUR)
    after = ticket.recorded["resolution", 1]
    assert (before.provisional, after.provisional) == (True, False)
    assert (before.due, before.state) == (after.due, after.state)


def with_longer_list(document: dict[str, Any]) -> dict[str, Any]:
    """The document as a newer list of holidays makes it: the same days, settled for ever."""
    longer = copy.deepcopy(document) | {"reach": "open"}
    longer["public_days"]["CN"] |= {"source": "holidays 99", "known_until": "2199-12-31"}
    return longer


def test_a_desk_is_told_until_when_its_due_times_are_settled(tmp_path: Path) -> None:
    shell: Shell = made_desk(tmp_path / "desk")
    path = tmp_path / "levels.json"
    policy = {"name": "p", "calendar": "cn", "targets": [{**P3D, "within": "P3000D"}]}
    path.write_text(json.dumps({"calendars": {"cn": CHINA}, "policies": [policy]}))
    shell.ok("policy", "publish", path)
    number = shell.json("ticket", "open", "--subject", "s", "--channel", "email")["number"]
    known = shell.json("config", "show", "service-policy/default")["document"]
    until = known["public_days"]["CN"]["known_until"]
    told = shell.ok("sla", "explain", str(number))
    assert f"provisional, because public holidays are settled only until {until}" in told
    assert f"暂定，法定节假日仅公布至 {until}" in shell.ok(
        "--language", "zh", "sla", "explain", str(number)
    )
    path.write_text(json.dumps(with_longer_list(known)), encoding="utf-8")
    shell.ok("config", "publish", "service-policy/default", path)
    with Desk.open(shell.directory) as desk:
        observe(desk, "after")
    (shown,) = shell.json("sla", "explain", str(number))["clocks"]
    assert shown["shows"]["provisional"] is False
    assert [one["type"] for one in shown["recorded"]] == ["ClockStarted", "ClockRescheduled"]
    assert shown["agrees"] is True
