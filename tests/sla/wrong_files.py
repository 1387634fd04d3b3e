"""Scenario files with one fault each: its code, its path, and the file's bytes."""

from __future__ import annotations

import copy
import json
from typing import Any

from deskledger.domain.sla.text import BYTES_MAX, VALUES_MAX
from tests.sla.examples import OPEN, POLICY, clock, document

AT = "2026-06-08T11:00:00+02:00"
TARGET = "policies.0.targets.0"
ONCE = {"zone": "UTC", "workdays": {"2026-06-08": ["09:00-09:30"]}}
CASE = {"calendar": "office", "from": AT}


def changed(place: str, value: Any) -> bytes:
    """The valid example with one value replaced, added or, with `...`, taken away."""
    whole = copy.deepcopy(document(clock(state="running")))
    *parts, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    inner: Any = whole
    for part in parts:
        inner = inner[part]
    if value is ...:
        del inner[last]
    elif isinstance(inner, list) and last == len(inner):
        inner.append(value)
    else:
        inner[last] = value
    return json.dumps(whole).encode()


def step(**stated: Any) -> bytes:
    return changed("timeline.1", {"at": AT} | stated)


def expectation(**stated: Any) -> bytes:
    return changed("expect.0", stated)


def mark(**stated: Any) -> bytes:
    return changed(f"{TARGET}.marks", [{"name": "m"} | stated])


def acting(level: int | None = None, **actions: Any) -> bytes:
    return mark(percent=5, level=level, actions=actions)


def within(text: Any) -> bytes:
    return changed(f"{TARGET}.within", text)


def hours(*intervals: Any) -> bytes:
    return changed("calendars.office.weekly.mon", list(intervals))


C0 = "$.calendars.office"
T0 = "$.policies[0].targets[0]"
W = f"{T0}.within"
M0 = f"{T0}.marks[0]"
WRONG: list[tuple[str, str, bytes]] = [
    ("missing", "$.expect", changed("expect", ...)),
    ("missing", f"{T0}.within", changed(f"{TARGET}.within", ...)),
    ("missing", "$.timeline[1].at", changed("timeline.1", {"do": "status", "to": "open"})),
    ("missing", "$.timeline[1].do", step(to="open")),
    ("missing", "$.expect[0].at", expectation(metric="resolution", state="absent")),
    ("missing", "$.expect[0].mark", expectation(metric="resolution", at=AT, mark_at=None)),
    ("missing", "$.expect[0].from", expectation(calendar="office", to=AT, working="PT0S")),
    ("missing", "$.expect[0].working", expectation(**CASE, to=AT)),
    ("missing", "$.expect[0].gives", expectation(**CASE, add="PT1H")),
    ("missing", "$.expect[0].add", expectation(**CASE, gives=AT)),
    ("missing", "$.expect[0].to", expectation(**CASE, working="PT1H")),
    ("unknown_key", f"{T0}.grace", changed(f"{TARGET}.grace", "PT1H")),
    ("unknown_key_like", f"{T0}.pauses", changed(f"{TARGET}.pauses", [])),
    ("unknown_key_like", f"{C0}.weekly.monday", changed("calendars.office.weekly.monday", [])),
    ("unknown_key", "$.timeline[1].channel", step(do="set", channel="mail")),
    ("unknown_key", "$.timeline[1].status", step(do="publish", status="open", policies=[])),
    ("unknown_name", "$.timeline[1].do", step(do="explode")),
    ("unknown_name_like", "$.timeline[1].do", step(do="mesage")),
    ("unknown_name_like", "$.timeline[1].to", step(do="status", to="pendign")),
    ("unknown_name", "$.timeline[1].by", step(do="open", by="bot", ticket="b")),
    ("unknown_name_like", f"{T0}.metric", changed(f"{TARGET}.metric", "first_reply")),
    ("unknown_name", f"{T0}.pauses_in[1]", changed(f"{TARGET}.pauses_in", ["new", 7])),
    ("unknown_name", "$.format", changed("format", 2)),
    ("unknown_name_like", "$.policies[0].when.priority[0]",
     changed("policies.0.when", {"priority": ["hihg"]})),
    ("unknown_name_like", "$.expect[0].time_in.opn", expectation(at=AT, time_in={"opn": "PT1H"})),
    ("not_text", "$.id", changed("id", 7)),
    ("empty", "$.policies[0].name", changed("policies.0.name", "")),
    ("too_long", "$.policies[0].name", changed("policies.0.name", "x" * 300)),
    ("not_boolean", f"{T0}.opening_counts", changed(f"{TARGET}.opening_counts", "true")),
    ("not_boolean", "$.timeline[0].public", changed("timeline.0.public", 1)),
    ("not_integer", "$.expect[0].instance", changed("expect.0.instance", "1")),
    ("too_small", "$.expect[0].instance", changed("expect.0.instance", 0)),
    ("not_list", "$.policies", changed("policies", {})),
    ("not_object", "$.timeline[1]", changed("timeline.1", 7)),
    ("not_object", "$.calendars", changed("calendars", [])),
    ("not_object", "$", b"[]"),
    ("too_many", f"{T0}.marks", changed(f"{TARGET}.marks", [{"name": "m"}] * 1_000)),
    ("duration", W, within("4 hours")),
    ("duration", W, within(4)),
    ("duration", W, within("PT")),
    ("duration", W, within("PT" + "9" * 5_000 + "H")),
    ("duration_fraction", W, within("PT1.5H")),
    ("duration_fraction", W, within("P0,5D")),
    ("duration_unit", W, within("P1W")),
    ("duration_unit", W, within("P1M")),
    ("duration_unit", W, within("P1Y2M")),
    ("duration_mixed", W, within("P1DT2H")),
    ("duration_limit", W, within("P3651D")),
    ("duration_limit", W, within("PT87600H1S")),
    ("duration_limit", "$.expect[0].add", expectation(**CASE, add="-P3651D", gives=AT)),
    ("duration_positive", W, within("PT0S")),
    ("duration_positive", W, within("P0D")),
    ("duration_positive", W, within("-PT1H")),
    ("duration_measured", "$.expect[0].used", changed("expect.0.used", "P1D")),
    ("instant", "$.timeline[0].at", changed("timeline.0.at", "2026-06-08T10:00:00")),
    ("instant", "$.timeline[0].at", changed("timeline.0.at", "2026-06-08")),
    ("instant", "$.timeline[0].at", changed("timeline.0.at", "2026-02-30T10:00:00Z")),
    ("instant", "$.timeline[0].at", changed("timeline.0.at", 1_780_000_000)),
    ("instant", "$.expect[0].due", changed("expect.0.due", "noon")),
    ("instant_year", "$.timeline[0].at", changed("timeline.0.at", "9999-12-31T23:59:59Z")),
    ("date", f"{C0}.holidays[0]", changed("calendars.office.holidays", ["2026-13-01"])),
    ("date", f"{C0}.holidays[0]", changed("calendars.office.holidays", ["20260101"])),
    ("date", f"{C0}.workdays.someday", changed("calendars.office.workdays", {"someday": []})),
    ("instant_year", f"{C0}.holidays[0]", changed("calendars.office.holidays", ["0001-01-01"])),
    ("instant_year", f"{C0}.workdays.9999-12-31",
     changed("calendars.office.workdays", {"9999-12-31": ["10:00-20:00"]})),
    ("interval", f"{C0}.weekly.mon[0]", hours("9-17")),
    ("interval", f"{C0}.weekly.mon[0]", hours("09:00-24:01")),
    ("interval", f"{C0}.weekly.mon[1]", hours("09:00-10:00", 7)),
    ("interval_order", f"{C0}.weekly.mon[0]", hours("22:00-06:00")),
    ("interval_order", f"{C0}.weekly.mon[0]", hours("09:00-09:00")),
    ("intervals_overlap", f"{C0}.weekly.mon", hours("13:00-17:00", "09:00-13:01")),
    ("zone_unknown", f"{C0}.zone", changed("calendars.office.zone", "Moon/Base")),
    ("zone_unknown", f"{C0}.zone", changed("calendars.office.zone", "../../etc/passwd")),
    ("zone_unknown_like", f"{C0}.zone", changed("calendars.office.zone", "Europe/Berlim")),
    ("always_redefined", "$.calendars.always", changed("calendars.always", ONCE)),
    ("country_unknown", f"{C0}.public_holidays", changed("calendars.office.public_holidays", "??")),
    ("country_unknown_like", f"{C0}.public_holidays",
     changed("calendars.office.public_holidays", "CNN")),
    ("no_working_time", C0, changed("calendars.office.weekly", {})),
    ("no_working_time", "$.calendars.gap", changed("calendars.gap",
     {"zone": "Europe/Berlin", "workdays": {"2026-03-29": ["02:00-03:00"]}})),
    ("not_number", f"{M0}.percent", mark(percent="50")),
    ("percent", f"{M0}.percent", mark(percent=0)),
    ("percent", f"{M0}.percent", mark(percent=100.5)),
    ("percent", f"{M0}.percent", mark(percent=77).replace(b"77", b"1e400")),
    ("option_foreign", f"{T0}.starts", changed(f"{TARGET}.starts", "with_ticket")),
    ("carry_days", f"{T0}.on_change",
     changed(TARGET, {"metric": "resolution", "within": "P1D", "on_change": "carry"})),
    ("snap_time", f"{T0}.snap", changed(f"{TARGET}.snap", "end_of_day")),
    ("mark_kind", M0, mark()),
    ("mark_kind", M0, mark(percent=50, offset="PT1H")),
    ("mark_twice", f"{T0}.marks[1].name",
     changed(f"{TARGET}.marks", [{"name": "m", "percent": 5}, {"name": "m", "percent": 6}])),
    ("level_twice", f"{T0}.marks[1].level",
     changed(f"{TARGET}.marks", [{"name": "a", "percent": 5, "level": 1},
                                 {"name": "b", "percent": 6, "level": 1}])),
    ("too_small", f"{M0}.level", mark(percent=5, level=0)),
    ("too_large", f"{M0}.level", mark(percent=5, level=10)),
    ("not_integer", f"{M0}.level", mark(percent=5, level="1")),
    ("not_integer", f"{M0}.level", mark(percent=5, level=True)),
    ("unknown_key_like", f"{M0}.levels", mark(percent=5, levels=1)),
    ("not_object", f"{M0}.actions", mark(percent=5, actions=["urgent"])),
    ("actions_empty", f"{M0}.actions", mark(percent=5, actions={})),
    ("actions_empty", f"{M0}.actions", mark(percent=5, actions={"tags": [], "group": None})),
    ("level_missing", f"{M0}.actions.group", acting(group="second-line")),
    ("level_missing", f"{M0}.actions.agents", acting(group="second-line", agents=["li"])),
    ("unknown_key_like", f"{M0}.actions.agent", acting(agent="li")),
    ("unknown_name_like", f"{M0}.actions.priority", acting(priority="urgnet")),
    ("not_id", f"{M0}.actions.group", acting(1, group="Second line")),
    ("not_id", f"{M0}.actions.agents[1]", acting(1, agents=["li", 7])),
    ("too_many", f"{M0}.actions.agents", acting(1, agents=["li"] * 21)),
    ("not_list", f"{M0}.actions.agents", acting(1, agents="li")),
    ("not_code", f"{M0}.actions.tags[0]", acting(tags=["a.b"])),
    ("too_many", f"{M0}.actions.tags", acting(tags=["late"] * 21)),
    ("not_whom", f"{M0}.actions.notify[0]", acting(notify=["li"])),
    ("not_whom", f"{M0}.actions.notify[1]", acting(notify=["agent/li", "customer/zoe"])),
    ("too_many", f"{M0}.actions.notify", acting(notify=["agent/li"] * 51)),
    ("metric_twice", "$.policies[0].targets[1].metric",
     changed("policies.0.targets.1", POLICY["targets"][0])),
    ("calendar_unknown", "$.policies[0].calendar", changed("policies.0.calendar", "night")),
    ("calendar_unknown_like", "$.policies[0].calendar", changed("policies.0.calendar", "ofice")),
    ("calendar_unknown_like", "$.expect[0].calendar",
     expectation(**CASE | {"calendar": "ofice"}, to=AT, working="PT0S")),
    ("calendar_unknown_like", "$.timeline[1].policies[0].calendar",
     step(do="publish", policies=[POLICY | {"calendar": "ofice"}])),
    ("calendar_in_use", "$.timeline[1].calendars", step(do="publish", calendars={"night": ONCE})),
    ("assign_nobody", "$.timeline[1]", step(do="assign")),
    ("publish_nothing", "$.timeline[1]", step(do="publish")),
    ("opened_twice", "$.timeline[1]", changed("timeline.1", OPEN)),
    ("not_opened", "$.timeline[1]", step(do="message", by="agent", ticket="b")),
    ("before_opening", "$.timeline[1].at",
     changed("timeline.1", {"at": "2026-06-08T07:59:59Z", "do": "status", "to": "open"})),
    ("key_of_no_clock", "$.expect[0].next_due", changed("expect.0.next_due", None)),
    ("key_of_no_calendar", "$.expect[0].due", expectation(**CASE, add="PT1H", gives=AT, due=AT)),
    ("key_of_no_ticket", "$.expect[0].state", expectation(at=AT, state="met")),
    ("due_not_found", "$.timeline[0]", changed("calendars.office", ONCE)),
    ("time_not_found", "$.expect[0].add", changed("calendars.once", ONCE).replace(
        json.dumps(clock(state="running")).encode(),
        json.dumps(CASE | {"calendar": "once", "add": "PT2H", "gives": AT}).encode())),
    ("not_json", "$", b'{"format": 1'),
    ("not_json", "$", b""),
    ("not_json", "$", b"\xef\xbb\xbf{}"),
    ("not_json_value", "$", mark(percent=float("nan"))),
    ("not_json_value", "$", mark(percent=float("-inf"))),
    ("not_utf8", "$", b'{"id": "\xff"}'),
    ("not_utf8", "$", b'{"id": "\\ud800"}'),
    ("number_too_long", "$", b'{"format": ' + b"1" * 5_000 + b"}"),
    ("too_deep", "$", b"[" * 100_000),
    ("too_deep", "$", b"[" * 50 + b"]" * 50),
    ("too_many_values", "$", b"[" + b"0," * VALUES_MAX + b"0]"),
    ("key_twice", "$.id", b'{"format": 1, "id": "a", "id": "b"}'),
    ("file_too_long", "$", b" " * (BYTES_MAX + 1)),
]  # fmt: skip
