"""The tables of clocks a second time: event by event, without SQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

Event = dict[str, Any]
Row = dict[str, Any]
Recorded = tuple[int, str, Event]
"""Version, when it was recorded, and the event."""

JUDGED = {
    "policy": "name",
    "calendar": "calendar",
    "within": "within",
    "applies_from": "applies_from",
}
PLAIN = (
    *("metric", "instance", "state", "phase", "started_at", "stopped_at", "used", "target"),
    *("provisional", "noticed_at", "next_at"),
)


def clocks(told: Iterable[Recorded]) -> list[Row]:
    """Rows of `clock` without the ticket's number."""
    lives: dict[tuple[str, int], list[Recorded]] = {}
    for version, recorded_at, event in told:
        key = (event["metric"], event["instance"])
        lives.setdefault(key, []).append((version, recorded_at, event))
    return [_row(life) for life in lives.values()]


def _row(life: Sequence[Recorded]) -> Row:
    version, _, last = life[-1]
    row = {name: last[name] for name in PLAIN}
    row |= {"of_kind": last["of"]["kind"], "of_id": last["of"]["id"], "due_at": last["due"]}
    row |= {"policy_version": last["policy"]["version"], "version": version}
    row |= {"margin": last["target"] - last["used"], "measured_at": last["occurred_at"]}
    judged = [event for _, _, event in life if "name" in event][-1]
    row |= {column: judged[name] for column, name in JUDGED.items()}
    row["recorded_at"] = _breach_recorded(life)
    row["corrections"] = sum(event["type"] == "ClockRescheduled" for _, _, event in life)
    return row | _pauses([event for _, _, event in life])


def _breach_recorded(life: Sequence[Recorded]) -> str | None:
    """When the breach that holds was recorded; one that was undone before does not matter."""
    found = None
    for _, recorded_at, event in life:
        if event["noticed_at"] is None:
            found = None
        elif found is None or event["type"] == "ClockBreached":
            found = recorded_at
    return found


def _pauses(events: Sequence[Event]) -> Row:
    since: str | None = None
    count = lasted = 0
    for event in events:
        if event["phase"] == "standing":
            if since is None:
                since, count = event["occurred_at"], count + 1
        elif since is not None:
            lasted += max(0, _micros(event["occurred_at"]) - _micros(since))
            since = None
    return {"pauses": count, "paused_time": lasted, "paused_since": since}


def breaches(told: Sequence[Recorded]) -> list[Row]:
    """Rows of `breach` without the ticket's number."""
    return [
        {
            "metric": event["metric"],
            "instance": event["instance"],
            "version": version,
            "policy_version": event["policy"]["version"],
            "due_at": event["due"],
            "noticed_at": event["noticed_at"],
            "recorded_at": recorded_at,
            **_undone(event, told[place + 1 :]),
        }
        for place, (version, recorded_at, event) in enumerate(told)
        if event["type"] == "ClockBreached"
    ]


def _undone(breach: Event, later: Sequence[Recorded]) -> Row:
    for version, recorded_at, event in later:
        same = all(event[name] == breach[name] for name in ("metric", "instance"))
        if same and event["type"] == "ClockRescheduled" and event["state"] != "breached":
            return {"undone_version": version, "undone_at": recorded_at}
    return {"undone_version": None, "undone_at": None}


def marks(told: Iterable[Recorded]) -> list[Row]:
    """Rows of `clock_mark` without the ticket's number."""
    return [
        {
            "metric": event["metric"],
            "instance": event["instance"],
            "mark": event["mark"],
            "level": event["level"],
            "reached_at": event["occurred_at"],
            "recorded_at": recorded_at,
            "policy_version": event["policy"]["version"],
            "version": version,
        }
        for version, recorded_at, event in told
        if event["type"] == "MarkReached"
    ]


def next_due(told: Iterable[Recorded]) -> str | None:
    """The earliest due time of the clocks that have not stopped."""
    due = [row["due_at"] for row in clocks(told) if row["phase"] != "stopped"]
    return min((one for one in due if one is not None), default=None)


def _micros(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int(at.timestamp()) * 1_000_000 + at.microsecond
