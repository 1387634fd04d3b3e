"""The desk's own calendar at the command line: named, checked, and counted by."""

import json
from pathlib import Path

from tests.cli.runs import Shell

WEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = {"zone": "UTC", "weekly": {day: ["09:00-17:00"] for day in WEEK}}


def test_business_times_stand_beside_the_others_once_the_desk_names_a_calendar(
    shell: Shell, tmp_path: Path
) -> None:
    desk = shell.json("config", "show", "desk")["document"]
    named = json.dumps({**desk, "format": 2, "calendar": "office", "stuck_after": "PT72H"})
    told = shell.fails(2, "config", "publish", "desk", "-", stdin=named)
    assert "$.calendar" in told
    assert "always" in told
    levels = tmp_path / "levels.json"
    levels.write_text(json.dumps({"calendars": {"office": OFFICE}, "policies": []}))
    shell.ok("policy", "publish", str(levels))
    shell.ok("config", "publish", "desk", "-", stdin=named)
    shell.ok("ticket", "open", "--at", "2026-03-02T09:00+00:00", "--channel", "email")
    (line,) = shell.json("ticket", "list")["tickets"]
    shell.ok(
        "ticket", "solve", str(line["number"]), "--resolution", "fixed", "--at", "2026-03-03T10:00Z"
    )
    figures = shell.json("figures", "2026-03", "--figure", "business_resolution_time")["figures"]
    assert [one["sum"] for one in figures] == [9 * 3_600_000_000]
    assert "Resolution time, business" in shell.ok("report", "month", "2026-03")
    levels.write_text(json.dumps({"calendars": {"late": OFFICE}, "policies": []}))
    assert "$.calendars" in shell.fails(2, "policy", "publish", str(levels))


def test_what_takes_the_desks_calendar_away_is_refused_in_both_languages(
    shell: Shell, tmp_path: Path
) -> None:
    desk = shell.json("config", "show", "desk")["document"]
    named = json.dumps({**desk, "format": 2, "calendar": "office"})
    chinese = shell.fails(2, "--language", "zh", "config", "publish", "desk", "-", stdin=named)
    assert "$.calendar：calendars 中没有定义 office；最接近的是 always" in chinese
    levels = tmp_path / "levels.json"
    levels.write_text(json.dumps({"calendars": {"office": OFFICE}, "policies": []}))
    shell.ok("policy", "publish", str(levels))
    shell.ok("config", "publish", "desk", "-", stdin=named)
    gone = ("config", "withdraw", "service-policy/default", "1")
    assert "would not have the calendar office" in shell.fails(1, *gone)
    assert "没有服务台用来计算营业时间的日历 office" in shell.fails(1, "--language", "zh", *gone)
    levels.write_text(json.dumps({"calendars": {"office": OFFICE, "late": OFFICE}}))
    shell.ok("policy", "publish", str(levels))
    shell.ok(*gone)
